using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Assistant.Chat.Models.Library;

/// <summary>Brings one file into the library: in pieces that survive a lost connection or the end of the program, and under its digest once that is right.</summary>
/// <param name="connection">Asks the server.</param>
/// <param name="time">The clock.</param>
/// <param name="freeSpace">Bytes that the disk of a folder has left.</param>
internal sealed class BlobDownload(RegistryConnection connection, TimeProvider time, Func<string, long> freeSpace)
{
    private const int ChunkSize = 128 * 1024;
    private const long Reserve = 16L << 20; // a full disk hurts other programs, too

    /// <summary>Pulls a file to a path; what an earlier attempt left is gone on with.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">Where it goes. Beside it, <c>.partial</c>.</param>
    /// <param name="cancellationToken">Stops; what is there stays.</param>
    /// <returns>Bytes that are there, now and then; the last is the size.</returns>
    /// <exception cref="PullException">It could not be pulled.</exception>
    public async IAsyncEnumerable<long> DownloadAsync(PulledFile file, string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (new FileInfo(path) is { Exists: true } there && there.Length == file.Size)
        {
            yield return file.Size; // under its digest: it was checked when it came
            yield break;
        }
        await using (var part = OpenPart(file, path))
        {
            if (part.Length > file.Size)
                part.SetLength(0);
            part.Position = part.Length;
            CheckSpace(file, path, file.Size - part.Length);
            var reported = time.GetTimestamp();
            yield return part.Length;
            for (var failures = 0; part.Length < file.Size;)
            {
                var before = part.Length;
                using var attempt = await OpenAsync(file, part, cancellationToken).ConfigureAwait(false);
                while (await attempt.CopyAsync(part, file, cancellationToken).ConfigureAwait(false))
                {
                    if (time.GetElapsedTime(reported) < TimeSpan.FromMilliseconds(100))
                        continue;
                    reported = time.GetTimestamp();
                    yield return part.Length;
                }
                if (part.Length >= file.Size)
                    break;
                failures = part.Length > before ? 1 : failures + 1;
                if (failures > connection.Options.Retries)
                {
                    throw new PullException(
                        $"the connection to {file.Address.Authority} was lost after {part.Length} of the {file.Size} bytes of {file.Name}: {attempt.Problem}; what is there is kept, and pulling again goes on from it",
                        attempt.Failure);
                }
                await Task.Delay(connection.Options.RetryDelay * Math.Pow(2, failures - 1), time, cancellationToken).ConfigureAwait(false);
            }
            await part.FlushAsync(cancellationToken).ConfigureAwait(false);
            part.Flush(flushToDisk: true);
        }
        yield return file.Size;
    }

    /// <summary>Checks what was pulled and gives it its name.</summary>
    /// <exception cref="PullException">It is something else; it is removed.</exception>
    public static async Task VerifyAsync(PulledFile file, string path, CancellationToken cancellationToken)
    {
        var part = path + ".partial";
        if (!File.Exists(part))
            return; // it was there before
        string digest;
        await using (var stream = new FileStream(part, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan | FileOptions.Asynchronous))
            digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
        if (digest != file.Digest)
        {
            File.Delete(part);
            throw new PullException($"{file.Name} from {file.Address.Authority} is damaged: its SHA-256 is {digest}, {file.Digest} was announced; it was removed, pull again");
        }
        File.Move(part, path, overwrite: true);
    }

    private static FileStream OpenPart(PulledFile file, string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return new FileStream(path + ".partial", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.Asynchronous);
        }
        catch (IOException e) when (File.Exists(path + ".partial"))
        {
            throw new PullException($"{file.Name} is being pulled already, by this or another process ({e.Message})", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PullException($"{file.Name} cannot be written: {e.Message}", e);
        }
    }

    private void CheckSpace(PulledFile file, string path, long needed)
    {
        var free = freeSpace(Path.GetDirectoryName(path)!);
        if (needed + Reserve > free)
            throw new PullException($"{file.Name} needs {ByteSize.Format(needed)} more, the disk of {Path.GetDirectoryName(path)} has {ByteSize.Format(free)} left");
    }

    /// <summary>Asks for what is missing. A server that cannot resume sends everything again.</summary>
    private async Task<Attempt> OpenAsync(PulledFile file, FileStream part, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(connection.Options.Silence);
        try
        {
            var response = await connection.SendAsync(file.Address, part.Length, "*/*", patience.Token).ConfigureAwait(false);
            var attempt = new Attempt(response, connection.Options.Silence);
            try
            {
                switch (response.StatusCode)
                {
                    case HttpStatusCode.PartialContent when part.Length > 0 && response.Content.Headers.ContentRange is { From: { } from } && from == part.Length:
                        break;
                    case HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable: // of something else
                        part.SetLength(0);
                        attempt.Fail("it sent another range than was asked for");
                        break;
                    case HttpStatusCode.OK:
                        part.SetLength(0);
                        break;
                    case >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests:
                        attempt.Fail($"it answered {(int)response.StatusCode}");
                        break;
                    default:
                        throw RegistryConnection.Refusal(file.Address, response.StatusCode);
                }
                var announced = response.Content.Headers.ContentLength;
                if (attempt.Problem.Length == 0 && announced is not null && announced != file.Size - part.Length)
                    throw new PullException($"{file.Address.Authority} sends {announced} bytes of {file.Name} where {file.Size - part.Length} were expected");
                return attempt;
            }
            catch
            {
                attempt.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new Attempt(RegistryConnection.Reason(e), e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            return new Attempt($"it was silent for {connection.Options.Silence.TotalSeconds:0.#} s", e);
        }
    }

    /// <summary>One connection.</summary>
    private sealed class Attempt : IDisposable
    {
        private readonly HttpResponseMessage? response;
        private readonly TimeSpan silence;
        private readonly byte[] chunk = new byte[ChunkSize];
        private Stream? body;

        public Attempt(HttpResponseMessage response, TimeSpan silence) => (this.response, this.silence) = (response, silence);

        public Attempt(string problem, Exception failure) => (Problem, Failure) = (problem, failure);

        /// <summary>Why it ended early; empty while it has not.</summary>
        public string Problem { get; private set; } = "";

        public Exception? Failure { get; private set; }

        public void Fail(string problem, Exception? failure = null) => (Problem, Failure) = (problem, failure);

        /// <summary>Copies a piece.</summary>
        /// <returns>False at the end, early or not.</returns>
        public async Task<bool> CopyAsync(FileStream part, PulledFile file, CancellationToken cancellationToken)
        {
            if (Problem.Length > 0 || part.Length >= file.Size)
                return false;
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(silence);
            int count;
            try
            {
                body ??= await response!.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
                count = await body.ReadAsync(chunk, patience.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                Fail(RegistryConnection.Reason(e), e);
                return false;
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                Fail($"it was silent for {silence.TotalSeconds:0.#} s", e);
                return false;
            }
            if (count == 0)
            {
                Fail("it ended early");
                return false;
            }
            if (part.Length + count > file.Size)
                throw new PullException($"{file.Address.Authority} sends more than the {file.Size} bytes of {file.Name}");
            try
            {
                await part.WriteAsync(chunk.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                throw new PullException(IsDiskFull(e)
                    ? $"the disk is full after {part.Length} of the {file.Size} bytes of {file.Name}; what is there is kept, make room and pull again"
                    : $"{file.Name} cannot be written: {e.Message}", e);
            }
            return true;
        }

        public void Dispose()
        {
            body?.Dispose();
            response?.Dispose();
        }

        // ENOSPC, EDQUOT on Linux; ERROR_DISK_FULL on Windows.
        private static bool IsDiskFull(IOException e) => (e.HResult & 0xFFFF) is 28 or 122 or 112;
    }
}
