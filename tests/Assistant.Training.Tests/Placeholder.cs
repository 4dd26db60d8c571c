namespace Assistant.Training.Tests;
