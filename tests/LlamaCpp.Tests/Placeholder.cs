namespace LlamaCpp.Tests;
