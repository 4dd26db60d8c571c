namespace Assistant.EndToEnd.Tests;
