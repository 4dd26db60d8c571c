namespace TorchSharp.Tests;
