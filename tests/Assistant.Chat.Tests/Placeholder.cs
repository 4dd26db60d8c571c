namespace Assistant.Chat.Tests;
