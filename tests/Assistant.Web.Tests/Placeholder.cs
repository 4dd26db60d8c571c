namespace Assistant.Web.Tests;
