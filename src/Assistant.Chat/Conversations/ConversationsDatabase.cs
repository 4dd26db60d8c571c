using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Assistant.Chat.Conversations;

/// <summary>Opens the SQLite file of the conversations and brings its schema up to date.</summary>
internal static class ConversationsDatabase
{
    /// <summary>Version of the schema that this program writes, kept in the file as <c>PRAGMA user_version</c>.</summary>
    internal const int Version = 2;

    /// <summary>What turns version n + 1 of the schema into version n + 2, at index n. A new file is created whole and needs none.</summary>
    private static readonly string[] Upgrades = ["""ALTER TABLE "Messages" ADD COLUMN "Thoughts" TEXT NULL"""];

    /// <summary>Options of a context over this file, with the settings that make an answered request durable.</summary>
    public static DbContextOptions<ConversationsContext> CreateOptions(string path) =>
        new DbContextOptionsBuilder<ConversationsContext>()
            .UseSqlite(new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 30 }.ToString())
            .AddInterceptors(Durability.Instance)
            .Options;

    /// <summary>Creates the tables of a new file, or upgrades those of an older program.</summary>
    /// <exception cref="InvalidDataException">A newer program wrote the file, or it is no database.</exception>
    public static async Task PrepareAsync(ConversationsContext context, CancellationToken cancellationToken)
    {
        var path = context.Database.GetDbConnection().DataSource;
        try
        {
            await context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            var version = await ReadVersionAsync(context, cancellationToken).ConfigureAwait(false);
            if (version > Version)
                throw new InvalidDataException($"{path} was written by a newer version of this program (schema {version}; this one knows {Version}). Update the program, or choose another directory with the setting DataDirectory.");
            if (version == 0)
            {
                // A file whose creation was cut short has no version yet and none of the tables: creation is one transaction.
                await context.Database.EnsureCreatedAsync(cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
                for (var step = version; step < Version; step++)
                    await context.Database.ExecuteSqlRawAsync(Upgrades[step - 1], cancellationToken).ConfigureAwait(false);
                await context.Database.ExecuteSqlRawAsync(SetVersion, cancellationToken).ConfigureAwait(false);
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            }
            await context.Database.ExecuteSqlRawAsync(SetVersion, cancellationToken).ConfigureAwait(false);
        }
        catch (SqliteException exception)
        {
            throw new InvalidDataException($"The conversations in {path} cannot be opened: {exception.Message} Move the file away, or choose another directory with the setting DataDirectory.", exception);
        }
    }

    private static string SetVersion => string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {Version}");

    private static async Task<int> ReadVersionAsync(ConversationsContext context, CancellationToken cancellationToken)
    {
        using var command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = "PRAGMA user_version";
        return Convert.ToInt32(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false), CultureInfo.InvariantCulture);
    }

    /// <summary>WAL lets pages read while an answer is written; FULL makes each commit survive a power cut, which WAL alone does not promise.</summary>
    private sealed class Durability : DbConnectionInterceptor
    {
        public static readonly Durability Instance = new();

        private const string Pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
            using var command = connection.CreateCommand();
            command.CommandText = Pragmas;
            command.ExecuteNonQuery();
        }

        public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            using var command = connection.CreateCommand();
            command.CommandText = Pragmas;
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
