namespace Assistant.Vision.Tests;
