using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Assistant.Chat.Prompts;
using Assistant.Chat.Prompts.Jinja;
using Assistant.Vision.Weights;

namespace Assistant.Chat.Models.Library;

/// <summary>What can be done to the models of the data directory: pulling, copying, creating, deleting. Configured models stand in appsettings.json and stay as they are.</summary>
public sealed class ModelLibrary(ModelRegistry registry, ModelCatalog catalog, ModelPuller puller, TimeProvider time)
{
    /// <summary>The models that can be pulled by a short name.</summary>
    public IReadOnlyList<KnownModel> Known => puller.Known;

    /// <summary>Pulls a model: see <see cref="ModelPuller.PullAsync"/>.</summary>
    /// <exception cref="ChatRequestException">The configuration names a model of this name.</exception>
    public IAsyncEnumerable<PullProgress> PullAsync(string name, CancellationToken cancellationToken)
    {
        RefuseConfigured(name, "pulled");
        return puller.PullAsync(name, cancellationToken);
    }

    /// <summary>Gives a model a second name; its files are shared.</summary>
    /// <exception cref="ModelNotFoundException">There is no such model.</exception>
    /// <exception cref="ChatRequestException">The new name is none, or the configuration has it.</exception>
    public void Copy(string source, string destination)
    {
        var options = catalog.FindOptions(source) ?? throw new ModelNotFoundException(source, catalog.List().Select(model => model.Name));
        Add(options, destination, source);
    }

    /// <summary>Makes a model from another one, or from files that were sent before.</summary>
    /// <param name="name">Its name; a model of the library that has it is replaced.</param>
    /// <param name="changes">What it is made of.</param>
    /// <param name="cancellationToken">Stops; nothing is kept.</param>
    /// <returns>Steps as they happen; the last is <c>success</c>. What cannot be used is said before the first.</returns>
    /// <exception cref="ModelNotFoundException">The model to start from is not there.</exception>
    /// <exception cref="ChatRequestException">Something of it cannot be used.</exception>
    public async IAsyncEnumerable<PullProgress> CreateAsync(string name, ModelChanges changes, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(changes);
        CheckName(name);
        var options = Compose(changes);
        if (changes.Quantize is { Length: > 0 } quantize)
        {
            var quantizer = new ModelQuantizer(registry);
            var type = quantizer.Check(options, quantize);
            await foreach (var step in quantizer.QuantizeAsync(options, type, cancellationToken).ConfigureAwait(false))
                yield return step;
        }
        yield return new PullProgress("writing manifest");
        Add(options, name, changes.From ?? "files");
        yield return new PullProgress("success");
    }

    private ModelOptions Compose(ModelChanges changes)
    {
        var options = changes switch
        {
            { From.Length: > 0, Files.Count: > 0 } => throw new ChatRequestException("either from or files says what a model is made of, not both"),
            { From: { Length: > 0 } from } => catalog.FindOptions(from) ?? throw new ModelNotFoundException(from, catalog.List().Select(model => model.Name)),
            { Files.Count: > 0 } => new ModelOptions(),
            _ => throw new ChatRequestException("neither from nor files was specified"),
        };
        foreach (var (file, digest) in changes.Files)
            AddFile(options, file, RequireBlob(digest));
        if (options is { TextModel.Length: 0, Embedder: null, Remote: null })
            throw new ChatRequestException($"none of the files {string.Join(", ", changes.Files.Keys)} is a text model");
        foreach (var digest in changes.Adapters.Values)
            options.Adapters.Add(new AdapterOptions { Path = RequireBlob(digest) });
        if (changes.Template is { Length: > 0 } template)
            options.Template = ReadTemplate(template);
        options.License = changes.License ?? options.License;
        options.System = changes.System ?? options.System;
        if (changes.Messages.Count > 0)
        {
            options.Messages.Clear();
            foreach (var message in changes.Messages)
                options.Messages.Add(message);
        }
        if (changes.Parameters is { } parameters)
            ModelParameters.Apply(parameters, options);
        return options;
    }

    // Ollama's templates are written in Go's language, which has no {%: the marks in them tell which one it is.
    private static string ReadTemplate(string template)
    {
        if (!template.Contains("{%", StringComparison.Ordinal))
        {
            return (ChatTemplate.Find(template) ?? ChatTemplate.Recognise(template))?.Name ?? throw new ChatRequestException(
                $"the template is not a known one; there are {string.Join(", ", ChatTemplate.BuiltIn.Select(known => known.Name))}, or one in Jinja can be sent");
        }
        try
        {
            _ = new JinjaChatTemplate(template);
            return template;
        }
        catch (JinjaException e)
        {
            throw new ChatRequestException($"the template cannot be executed: {e.Message}", e);
        }
    }

    /// <summary>Whether a file of this digest was sent.</summary>
    /// <exception cref="ChatRequestException">It is no digest.</exception>
    public bool HasBlob(string digest) => File.Exists(registry.BlobPath(digest));

    /// <summary>Keeps a file that is sent, for <see cref="CreateAsync"/>.</summary>
    /// <param name="digest">Its SHA-256.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="cancellationToken">Stops; nothing is kept.</param>
    /// <exception cref="ChatRequestException">The bytes have another digest, or the disk is full.</exception>
    public async Task AddBlobAsync(string digest, Stream content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        var path = registry.BlobPath(digest);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{Guid.NewGuid():N}.sent";
        try
        {
            string actual;
            await using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.Asynchronous))
            {
                await content.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
                stream.Position = 0;
                actual = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
            }
            if (actual != ModelRegistry.Hex(digest))
                throw new ChatRequestException($"digest mismatch, expected {digest}, got sha256:{actual}");
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    // Null where a client wrote null, whatever its type says.
    private string RequireBlob(string? digest) => HasBlob(digest ?? "")
        ? ModelRegistry.RelativeBlobPath(digest!)
        : throw new ChatRequestException($"the file {digest} was not sent; POST /api/blobs/{digest} sends it");

    private void AddFile(ModelOptions options, string name, string path)
    {
        try
        {
            using var file = GgufFile.Open(Path.Combine(registry.Folder, path));
            if (file.Architecture == "clip")
                options.Projector = path;
            else
            {
                GgufChecks.ForTextModel(file);
                options.TextModel = path;
            }
        }
        catch (WeightFileException e)
        {
            throw new ChatRequestException($"{name} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Removes a model of the library, and its files unless another model has them, too. Running answers end first.</summary>
    /// <exception cref="ModelNotFoundException">There is no such model.</exception>
    /// <exception cref="ChatRequestException">The model is a configured one.</exception>
    public void Delete(string name)
    {
        RefuseConfigured(name, "deleted");
        if (!registry.Remove(name))
            throw new ModelNotFoundException(name, catalog.List().Select(model => model.Name));
        catalog.Find(name); // takes over what was removed, so that it leaves the memory now
    }

    internal void Add(ModelOptions options, string name, string source)
    {
        CheckName(name);
        options.Name = ModelNames.WithoutTag(name);
        registry.Add(new RegisteredModel { Name = options.Name, Source = source, Added = time.GetUtcNow(), Options = options });
    }

    private void CheckName(string name)
    {
        RefuseConfigured(name, "replaced");
        if (!IsName(name))
            throw new ChatRequestException($"'{(name.Length <= 100 ? name : name[..100] + "...")}' is no name of a model: letters, digits, dots, dashes and underscores, with slashes between and a tag after a colon");
    }

    private void RefuseConfigured(string name, string what)
    {
        if (catalog.IsConfigured(name))
            throw new ChatRequestException($"the model '{ModelNames.WithoutTag(name)}' stands in \"Models\" of appsettings.json and cannot be {what} over HTTP; change it there");
    }

    private static bool IsName(string name)
    {
        var parts = name.Split(':');
        return parts.Length <= 2 && parts[0].Split('/') is { Length: <= 4 } path && path.All(PullReference.IsPart) && (parts.Length == 1 || PullReference.IsPart(parts[1]));
    }
}
