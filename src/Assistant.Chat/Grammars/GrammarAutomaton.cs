using System.Runtime.CompilerServices;

namespace Assistant.Chat.Grammars;

/// <summary>The steps through a grammar, byte by byte of UTF-8: tokens can end within a character.</summary>
internal sealed class GrammarAutomaton
{
    private readonly List<Step> steps = [new(StepKind.Read, From: 1, To: 0)];
    private readonly Dictionary<(byte, byte, int), int> reads = [];
    private readonly IReadOnlyList<string> names;
    private readonly int[] starts;

    private GrammarAutomaton(GbnfRules rules)
    {
        (names, Root) = (rules.Names, rules.Root);
        starts = new int[rules.Bodies.Count];
        Nullable = FindNullable(rules.Bodies);
        for (var rule = 0; rule < starts.Length; rule++)
            starts[rule] = Build(rules.Bodies[rule], Add(new Step(StepKind.End)));
        Ranks = Rank();
        ByteClasses = Classify(out var count);
        ByteClassCount = count;
    }

    /// <summary>The step that reads none of all bytes.</summary>
    public const int Nowhere = 0;

    /// <summary>The rule of a whole answer.</summary>
    public int Root { get; }

    /// <summary>Which rules can be empty.</summary>
    public bool[] Nullable { get; }

    /// <summary>A number for each rule, less than those of all rules that it can begin with.</summary>
    public int[] Ranks { get; }

    /// <summary>A number for each byte, the same for those that no step tells apart.</summary>
    public byte[] ByteClasses { get; }

    /// <summary>How many such numbers there are.</summary>
    public int ByteClassCount { get; }

    /// <summary>A step by its index.</summary>
    public Step this[int step] => steps[step];

    /// <summary>The first step of a rule.</summary>
    public int Start(int rule) => starts[rule];

    /// <summary>Writes out rules.</summary>
    /// <exception cref="GrammarException">They become too large, or one leads to itself without reading anything.</exception>
    public static GrammarAutomaton Build(GbnfRules rules)
    {
        try
        {
            return new(rules);
        }
        catch (InsufficientExecutionStackException)
        {
            throw new GrammarException("its rules lead too deep");
        }
    }

    private int Add(Step step)
    {
        if (steps.Count >= Grammar.MaxSteps)
            throw new GrammarException($"it has more than {Grammar.MaxSteps} steps when its repetitions are written out");
        steps.Add(step);
        return steps.Count - 1;
    }

    /// <summary>The steps of a node, written from the last to the first.</summary>
    /// <param name="node">What is read.</param>
    /// <param name="next">The step after it.</param>
    private int Build(GbnfNode node, int next)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (node)
        {
            case GbnfNode.Character character:
                return Characters(character.Set, next);
            case GbnfNode.Rule named:
                return Add(new Step(StepKind.Call, next, named.Index));
            case GbnfNode.Sequence sequence:
                for (var i = sequence.Items.Count - 1; i >= 0; i--)
                    next = Build(sequence.Items[i], next);
                return next;
            case GbnfNode.Choice choice:
                return choice.Alternatives.Select(alternative => Build(alternative, next)).Reverse().Aggregate((others, one) => Fork(one, others));
            case GbnfNode.Repetition repetition:
                return IsNothing(repetition.Item) ? next : Repeat(repetition, next);
            default:
                throw new InvalidOperationException($"There is no step for {node}.");
        }
    }

    private int Repeat(GbnfNode.Repetition repetition, int next)
    {
        if (repetition.Most is { } most)
        {
            var end = next;
            next = Times(most - repetition.Least, next, after => Fork(Build(repetition.Item, after), end));
        }
        else
        {
            var loop = Fork(Nowhere, next);
            steps[loop] = new Step(StepKind.Fork, Build(repetition.Item, loop), next);
            next = loop;
        }
        return Times(repetition.Least, next, after => Build(repetition.Item, after));
    }

    private static int Times(int count, int next, Func<int, int> build)
    {
        for (var (i, before) = (0, -1); i < count && before != next; i++)
            (before, next) = (next, build(next)); // what leads nowhere once leads nowhere any number of times
        return next;
    }

    private int Fork(int one, int other) => one == other ? one : Add(new Step(StepKind.Fork, one, other));

    private int Characters(CharSet set, int next)
    {
        var ways = Utf8Ranges.Of(set).Select(bytes =>
        {
            var way = next;
            for (var i = bytes.Length - 1; i >= 0; i--)
                way = Read(bytes[i].From, bytes[i].To, way);
            return way;
        }).Distinct().ToList();
        return ways.Count == 0 ? Nowhere : ways.Aggregate(Fork);
    }

    private int Read(byte from, byte to, int next)
    {
        if (!reads.TryGetValue((from, to, next), out var step))
            reads[(from, to, next)] = step = Add(new Step(StepKind.Read, next, From: from, To: to));
        return step;
    }

    private static bool IsNothing(GbnfNode node)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return node switch
        {
            GbnfNode.Sequence sequence => sequence.Items.All(IsNothing),
            GbnfNode.Choice choice => choice.Alternatives.All(IsNothing),
            GbnfNode.Repetition repetition => repetition.Most == 0 || IsNothing(repetition.Item),
            _ => false,
        };
    }

    /// <summary>Which rules can be empty: from what can be to what contains it, each node once, whatever the order of the rules.</summary>
    private static bool[] FindNullable(IReadOnlyList<GbnfNode> bodies)
    {
        var nullable = new bool[bodies.Count];
        var uses = bodies.Select(_ => new List<int>()).ToList(); // of rules: the nodes that name them
        var (parents, missing) = (new List<int>(), new List<int>()); // of nodes: the one around it, and how many parts have yet to turn out empty
        var empty = new Stack<int>();
        for (var rule = 0; rule < bodies.Count; rule++)
            Open(-1, needed: 1);
        for (var rule = 0; rule < bodies.Count; rule++)
            Visit(bodies[rule], rule);
        while (empty.TryPop(out var node))
        {
            if (node >= bodies.Count)
            {
                Fill(parents[node]);
                continue;
            }
            nullable[node] = true;
            uses[node].ForEach(Fill);
        }
        return nullable;

        int Open(int parent, int needed)
        {
            parents.Add(parent);
            missing.Add(needed);
            if (needed == 0)
                empty.Push(missing.Count - 1);
            return missing.Count - 1;
        }

        void Fill(int node)
        {
            if (--missing[node] == 0)
                empty.Push(node);
        }

        void Visit(GbnfNode node, int parent)
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            switch (node)
            {
                case GbnfNode.Rule rule:
                    uses[rule.Index].Add(parent);
                    break;
                case GbnfNode.Sequence sequence:
                    VisitAll(sequence.Items, Open(parent, sequence.Items.Count));
                    break;
                case GbnfNode.Choice choice:
                    VisitAll(choice.Alternatives, Open(parent, needed: 1));
                    break;
                case GbnfNode.Repetition { Least: 0 }:
                    Open(parent, needed: 0);
                    break;
                case GbnfNode.Repetition repetition:
                    Visit(repetition.Item, parent);
                    break;
            }
        }

        void VisitAll(IReadOnlyList<GbnfNode> nodes, int parent)
        {
            foreach (var node in nodes)
                Visit(node, parent);
        }
    }

    /// <summary>Puts the rules in an order in which each comes before those that it can begin with.</summary>
    private int[] Rank()
    {
        var begins = starts.Select(Beginnings).ToList();
        var callers = new int[starts.Length];
        foreach (var rule in begins.SelectMany(rules => rules))
            callers[rule]++;
        var (ranks, rank) = (new int[starts.Length], 0);
        var open = new Queue<int>(Enumerable.Range(0, starts.Length).Where(rule => callers[rule] == 0));
        while (open.TryDequeue(out var rule))
        {
            ranks[rule] = rank++;
            foreach (var next in begins[rule].Where(next => --callers[next] == 0))
                open.Enqueue(next);
        }
        if (rank == starts.Length)
            return ranks;
        // Whatever is left has a caller that is left; going back from one to the next ends in a circle.
        var circling = Enumerable.Range(0, starts.Length).First(rule => callers[rule] > 0);
        for (var i = 0; i < starts.Length; i++)
            circling = Enumerable.Range(0, starts.Length).First(rule => callers[rule] > 0 && begins[rule].Contains(circling));
        throw new GrammarException($"rule '{names[circling]}' leads to itself before anything is read (left recursion)");
    }

    /// <summary>The rules that a step can lead to before anything is read.</summary>
    private HashSet<int> Beginnings(int start)
    {
        var (found, seen, open) = (new HashSet<int>(), new HashSet<int>(), new Stack<int>([start]));
        while (open.TryPop(out var at))
        {
            if (!seen.Add(at))
                continue;
            var step = steps[at];
            if (step.Kind == StepKind.Fork)
            {
                open.Push(step.Next);
                open.Push(step.Other);
            }
            else if (step.Kind == StepKind.Call)
            {
                found.Add(step.Other);
                if (Nullable[step.Other])
                    open.Push(step.Next);
            }
        }
        return found;
    }

    private byte[] Classify(out int count)
    {
        var begins = new bool[257];
        foreach (var read in reads.Keys)
            begins[read.Item1] = begins[read.Item2 + 1] = true;
        var classes = new byte[256];
        count = 1;
        for (var value = 1; value < 256; value++)
            classes[value] = (byte)(begins[value] ? count++ : count - 1);
        return classes;
    }
}

/// <summary>What a step does.</summary>
internal enum StepKind : byte
{
    /// <summary>Reads a byte.</summary>
    Read,

    /// <summary>Goes on in two ways.</summary>
    Fork,

    /// <summary>Goes through a rule first.</summary>
    Call,

    /// <summary>Goes back to where the rule was called.</summary>
    End,
}

/// <param name="Kind">What it does.</param>
/// <param name="Next">The step after it.</param>
/// <param name="Other">Of a fork: the other step. Of a call: the rule.</param>
/// <param name="From">Of what is read: the first byte.</param>
/// <param name="To">The last byte, inclusive.</param>
internal readonly record struct Step(StepKind Kind, int Next = 0, int Other = 0, byte From = 0, byte To = 0);
