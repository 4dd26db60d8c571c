using Assistant.Chat.Models;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Assistant.Chat.Tests.Models;

public class ModelsOptionsTests
{
    [Fact]
    public void Problems_ComeInOneMessage_ThatNamesTheKeys()
    {
        using var chat = new TinyChat(settings =>
        {
            settings["DefaultModel"] = "nobody";
            settings["Models:0:Name"] = "a:b";
            settings["Models:0:TextModel"] = "";
            settings["Models:0:Template"] = "llama9";
            settings["Models:0:ContextLength"] = "7";
            settings["Models:1:Threads"] = "-1";
            settings["Models:1:Sampling:TopP"] = "3";
            settings["Models:1:Sampling:MaxOutputTokens"] = "0";
            settings["Models:0:Sampling:LoopLimit"] = "-1";
            settings["Models:1:Stop:0"] = "";
            settings["Models:1:Adapters:0:Scale"] = "NaN";
            settings["Models:1:Messages:0:Role"] = "tool";
            settings["Models:2:Name"] = "afar";
            settings["Models:2:Remote:Url"] = "ftp://x";
            settings["Models:2:Remote:Timeout"] = "00:00:00";
            settings["Models:3:Name"] = "both";
            settings["Models:3:TextModel"] = "text.gguf";
            settings["Models:3:Embedder"] = "folder";
            settings["ModelMemoryLimit"] = "plenty";
        });

        var message = Assert.Throws<OptionsValidationException>(() => chat.Catalog).Message;

        foreach (var key in (string[])["DefaultModel: ", "Models:0:Name: ", "Models:0:TextModel: ", "Models:0:Template: ", "Models:0:ContextLength: ", "Models:0:Sampling:LoopLimit: ",
                 "Models:1:Threads: ", "Models:1:Sampling:TopP: ", "Models:1:Sampling:MaxOutputTokens: ", "Models:1:Stop: ", "Models:1:Adapters:0:Path: ", "Models:1:Adapters:0:Scale: ", "Models:1:Messages:0:Role: ", "Models:1:Messages:0:Content: ",
                 "Models:2:Remote:Url: ", "Models:2:Remote:Model: ", "Models:2:Remote:Timeout: ", "Models:3: TextModel and Embedder are given", "ModelMemoryLimit: "])
            Assert.Contains(key, message, StringComparison.Ordinal);
        Assert.Contains("there is no model 'nobody'; configured: a:b, seer, afar, both", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_MustDiffer()
    {
        using var chat = new TinyChat(settings => settings["Models:0:Name"] = "SEER");
        Assert.Contains("is given 2 times", Assert.Throws<OptionsValidationException>(() => chat.Catalog).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NoModel_IsAProblem() =>
        Assert.Contains("at least one model", new ModelsOptionsValidator().Validate(null, new ModelsOptions()).FailureMessage, StringComparison.Ordinal);

    [Fact]
    public async Task Sampling_IsBound_AndUsed()
    {
        using var chat = new TinyChat(settings =>
        {
            settings["Models:1:Sampling:Temperature"] = "0";
            settings["Models:1:Sampling:MaxOutputTokens"] = "5";
        });

        var byDefault = await chat.Client.GetResponseAsync([TinyChat.User("what?")]);

        Assert.Equal(5, TinyChat.Timings(byDefault).AnswerTokens);
        Assert.Equal((await chat.Client.GetResponseAsync([TinyChat.User("what?")], TinyChat.Greedy(5))).Text, byDefault.Text);
    }
}
