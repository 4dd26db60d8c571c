using LlamaCpp;

namespace Assistant.Chat.Grammars;

/// <summary>Follows a text through a grammar byte by byte, in all the ways in which it can be read.</summary>
/// <remarks>
/// <para>A way is a step and the call that it belongs to. Calls of a rule at the same place are one, with several ways to return, so that the ways share what is beneath them: a stack as a graph
/// (Tomita 1987, "An Efficient Augmented-Context-Free Parsing Algorithm"). Their number grows at most with the length of the answer times the grammar's steps, where stacks of their own
/// would double with every ambiguous character. A call at the end of a rule returns to where the rule returns, so that lists written by recursion stay flat.</para>
/// <para>Sets of ways that are equal are one, and know where each byte leads from them: within a string or a number the same set comes again, and nothing is worked out twice.</para>
/// </remarks>
internal sealed class GrammarReader
{
    /// <summary>Most ways looked at from one call of <see cref="Restart"/> to the next, some tens of milliseconds of work.</summary>
    public const int MostWork = 500_000;

    private const long MostMemory = 32 << 20; // of what is remembered, in bytes, roughly

    private readonly GrammarAutomaton automaton;
    private readonly Dictionary<CallKey, Call> calls = [];
    private readonly Dictionary<WaysKey, Ways> known = [];
    private readonly Ways first;
    private Ways now;
    private long memory;
    private int work, nextCall;

    // Of one closure, used again for the next.
    private readonly Stack<(int Step, Call Call)> open = new();
    private readonly HashSet<(int Step, int Call)> seen = [];
    private readonly List<(int Step, Call Call)> reads = [];
    private readonly PriorityQueue<int, int> begun = new();
    private readonly Dictionary<int, HashSet<(int Step, Call? Call)>> returns = [];

    /// <summary>Begins an answer.</summary>
    /// <exception cref="LlamaException">There are too many ways.</exception>
    public GrammarReader(GrammarAutomaton automaton)
    {
        this.automaton = automaton;
        Dead = new Ways([], atEnd: false);
        returns[automaton.Root] = [(GrammarAutomaton.Nowhere, null)];
        begun.Enqueue(automaton.Root, 0);
        first = now = Close(automaton.Nullable[automaton.Root]);
    }

    /// <summary>What nothing can follow, not even the end.</summary>
    public Ways Dead { get; }

    /// <summary>Where the answer is.</summary>
    public Ways Now => now;

    /// <summary>Whether the answer can end here.</summary>
    public bool AtEnd => now.AtEnd;

    /// <summary>Goes on by a byte, which must be allowed.</summary>
    /// <returns>Whether it is; if not, nothing has changed.</returns>
    /// <exception cref="LlamaException">There are too many ways.</exception>
    public bool Read(byte value)
    {
        var next = After(now, value);
        if (next == Dead)
            return false;
        now = next;
        return true;
    }

    /// <summary>Goes to where bytes have led.</summary>
    public void GoTo(Ways ways) => now = ways;

    /// <summary>Goes back to the beginning of the answer.</summary>
    public void Reset() => now = first;

    /// <summary>Allows as much work again, and forgets what is remembered where it has become too much.</summary>
    public void Restart()
    {
        work = 0;
        if (memory <= MostMemory)
            return;
        memory = 0;
        calls.Clear();
        known.Clear();
        first.Forget();
        now = new Ways(now.Reads, now.AtEnd); // what it knew leads to all the others
    }

    /// <summary>Counts what is remembered with a set of ways.</summary>
    public void Remember(long bytes) => memory += bytes;

    /// <summary>Where a byte leads.</summary>
    /// <exception cref="LlamaException">There are too many ways.</exception>
    public Ways After(Ways ways, byte value)
    {
        if (ways.Next is null)
        {
            ways.Next = new Ways?[automaton.ByteClassCount];
            memory += 8 * automaton.ByteClassCount;
        }
        return ways.Next[automaton.ByteClasses[value]] ??= Find(ways, value);
    }

    private Ways Find(Ways ways, byte value)
    {
        Count(ways.Reads.Length);
        foreach (var (at, call) in ways.Reads)
        {
            var step = automaton[at];
            if (step.From <= value && value <= step.To)
                open.Push((step.Next, call));
        }
        return open.Count == 0 ? Dead : Close(atEnd: false);
    }

    /// <summary>Goes on along everything that reads nothing.</summary>
    private Ways Close(bool atEnd)
    {
        try
        {
            // First all rules that end here, for their callers may begin others; then those that begin, callers before called, so that each is begun once with all that it can return to.
            while (open.TryPop(out var way))
                atEnd |= Follow(way.Step, way.Call, begins: false);
            while (begun.TryDequeue(out var rule, out _))
            {
                var call = Intern(rule, returns[rule]);
                returns.Remove(rule);
                open.Push((automaton.Start(rule), call));
                while (open.TryPop(out var way))
                    Follow(way.Step, way.Call, begins: true);
            }
            return Intern(atEnd);
        }
        finally
        {
            open.Clear();
            seen.Clear();
            reads.Clear();
            begun.Clear();
            returns.Clear();
        }
    }

    /// <returns>Whether the answer can end.</returns>
    private bool Follow(int at, Call call, bool begins)
    {
        if (!seen.Add((at, call.Id)))
            return false;
        Count(1);
        var step = automaton[at];
        switch (step.Kind)
        {
            case StepKind.Read:
                reads.Add((at, call));
                break;
            case StepKind.Fork:
                open.Push((step.Other, call));
                open.Push((step.Next, call));
                break;
            case StepKind.Call:
                Begin(step, call);
                if (automaton.Nullable[step.Other])
                    open.Push((step.Next, call)); // as if it were not there
                break;
            case StepKind.End when !begins: // a rule that ends where it begins was passed over already
                var accepted = false;
                Count(call.Returns.Length);
                foreach (var (next, caller) in call.Returns)
                {
                    if (caller is null)
                        accepted = true;
                    else
                        open.Push((next, caller));
                }
                return accepted;
        }
        return false;
    }

    private void Begin(Step step, Call call)
    {
        if (!returns.TryGetValue(step.Other, out var into))
        {
            returns[step.Other] = into = [];
            begun.Enqueue(step.Other, automaton.Ranks[step.Other]);
        }
        if (automaton[step.Next].Kind != StepKind.End)
        {
            into.Add((step.Next, call));
            return;
        }
        Count(call.Returns.Length);
        into.UnionWith(call.Returns);
    }

    private Call Intern(int rule, HashSet<(int Step, Call? Call)> returnsTo)
    {
        var sorted = returnsTo.OrderBy(way => way.Step).ThenBy(way => way.Call?.Id).ToArray();
        var key = new CallKey(rule, sorted);
        if (!calls.TryGetValue(key, out var call))
        {
            calls[key] = call = new Call(nextCall++, sorted);
            memory += 100 + 16 * sorted.Length;
        }
        return call;
    }

    private Ways Intern(bool atEnd)
    {
        var sorted = reads.ToArray();
        Array.Sort(sorted, static (a, b) => a.Step != b.Step ? a.Step.CompareTo(b.Step) : a.Call.Id.CompareTo(b.Call.Id));
        var key = new WaysKey(sorted, atEnd);
        if (!known.TryGetValue(key, out var ways))
        {
            known[key] = ways = new Ways(sorted, atEnd);
            memory += 150 + 16 * sorted.Length;
        }
        return ways;
    }

    private void Count(int ways)
    {
        work += ways;
        if (work > MostWork)
            throw new LlamaException("The grammar is too ambiguous: what has been written can be read in too many ways.");
    }

    /// <summary>A rule that was called.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="returns">Where its end leads; no call where the answer ends.</param>
    public sealed class Call(int id, (int Step, Call? Call)[] returns)
    {
        /// <summary>Its number.</summary>
        public int Id => id;

        /// <summary>Where its end leads.</summary>
        public (int Step, Call? Call)[] Returns => returns;
    }

    /// <summary>All ways in which what has been written can be read.</summary>
    /// <param name="reads">What can be read next.</param>
    /// <param name="atEnd">Whether the answer can end.</param>
    public sealed class Ways((int Step, Call Call)[] reads, bool atEnd)
    {
        /// <summary>What can be read next.</summary>
        public (int Step, Call Call)[] Reads => reads;

        /// <summary>Whether the answer can end.</summary>
        public bool AtEnd => atEnd;

        /// <summary>Where each class of bytes leads, as far as it is known.</summary>
        public Ways?[]? Next { get; set; }

        /// <summary>The tokens that can follow, where they have been asked for.</summary>
        public ulong[]? Tokens { get; set; }

        /// <summary>Forgets where it leads.</summary>
        public void Forget() => (Next, Tokens) = (null, null);
    }

    private readonly struct CallKey(int rule, (int Step, Call? Call)[] returns) : IEquatable<CallKey>
    {
        private readonly int rule = rule;
        private readonly (int Step, Call? Call)[] returns = returns;

        public bool Equals(CallKey other) => rule == other.rule && returns.AsSpan().SequenceEqual(other.returns);

        public override bool Equals(object? obj) => obj is CallKey other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(rule);
            foreach (var (step, call) in returns)
            {
                hash.Add(step);
                hash.Add(call?.Id);
            }
            return hash.ToHashCode();
        }
    }

    private readonly struct WaysKey((int Step, Call Call)[] reads, bool atEnd) : IEquatable<WaysKey>
    {
        private readonly (int Step, Call Call)[] reads = reads;
        private readonly bool atEnd = atEnd;

        public bool Equals(WaysKey other) => atEnd == other.atEnd && reads.AsSpan().SequenceEqual(other.reads);

        public override bool Equals(object? obj) => obj is WaysKey other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(atEnd);
            foreach (var (step, call) in reads)
            {
                hash.Add(step);
                hash.Add(call.Id);
            }
            return hash.ToHashCode();
        }
    }
}
