using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Assistant.Chat.Conversations;

/// <summary>The tables of the conversations, as Entity Framework sees them.</summary>
internal sealed class ConversationsContext(DbContextOptions<ConversationsContext> options) : DbContext(options)
{
    public DbSet<Conversation> Conversations => Set<Conversation>();

    public DbSet<Message> Messages => Set<Message>();

    public DbSet<MessageImage> MessageImages => Set<MessageImage>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // SQLite has no type for a time with an offset and cannot sort its text; microseconds since 1970 sort and are exact enough.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UnixMicroseconds>();
        configurationBuilder.Properties<MessageRole>().HaveConversion<string>();
        configurationBuilder.Properties<AnswerState>().HaveConversion<string>();
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Conversation>(conversation =>
        {
            conversation.Property(c => c.Id).ValueGeneratedNever();
            conversation.HasIndex(c => c.UpdatedAt);
        });
        modelBuilder.Entity<Message>(message =>
        {
            message.Property(m => m.Id).ValueGeneratedNever();
            message.HasOne<Conversation>().WithMany().HasForeignKey(m => m.ConversationId).OnDelete(DeleteBehavior.Cascade);
            message.HasOne<Message>().WithMany().HasForeignKey(m => m.ParentId).OnDelete(DeleteBehavior.Cascade);
            message.HasMany(m => m.Images).WithOne().HasForeignKey(i => i.MessageId).OnDelete(DeleteBehavior.Cascade);
            message.HasIndex(m => m.State); // the start looks for answers that were running
        });
        modelBuilder.Entity<MessageImage>(image =>
        {
            image.HasKey(i => new { i.MessageId, i.Position });
            image.HasIndex(i => i.Hash); // deleting asks who else shows a picture
        });
    }

    private sealed class UnixMicroseconds() : ValueConverter<DateTimeOffset, long>(
        time => (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond,
        stored => DateTimeOffset.UnixEpoch.AddTicks(stored * TimeSpan.TicksPerMicrosecond));
}
