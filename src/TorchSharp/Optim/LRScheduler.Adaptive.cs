namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>Up to a maximum and down to almost 0 in one cycle, momentum the other way (Smith and Topin 2018).</summary>
                public class OneCycleLR : LRScheduler
                {
                    /// <summary>How rates change between two ends.</summary>
                    public enum AnnealStrategy
                    {
                        /// <summary>By half a cosine wave.</summary>
                        Cos,
                        /// <summary>In a straight line.</summary>
                        Linear,
                    }

                    private readonly record struct Phase(double End, double StartRate, double EndRate, bool MomentumFalls, bool MomentumStays = false);

                    private readonly int total;
                    private readonly double low, high;
                    private readonly AnnealStrategy strategy;
                    private readonly bool cycleMomentum;
                    private readonly double[] maxima;
                    private readonly Phase[] phases; // rates as factors of the maximum

                    /// <summary>One cycle.</summary>
                    /// <param name="optimizer">The optimiser; its momentum or first beta is cycled too.</param>
                    /// <param name="max_lr">The largest rate.</param>
                    /// <param name="total_steps">Steps of the cycle; -1 takes epochs * steps_per_epoch.</param>
                    /// <param name="epochs">Epochs of the cycle.</param>
                    /// <param name="steps_per_epoch">Steps of an epoch.</param>
                    /// <param name="pct_start">Which part of the cycle goes up.</param>
                    /// <param name="anneal_strategy">How rates change.</param>
                    /// <param name="cycle_momentum">Whether momentum goes down while the rate goes up.</param>
                    /// <param name="base_momentum">The smallest momentum.</param>
                    /// <param name="max_momentum">The largest momentum.</param>
                    /// <param name="div_factor">The first rate is the largest over this.</param>
                    /// <param name="final_div_factor">The last rate is the first over this.</param>
                    /// <param name="three_phase">Whether the rate goes back to the first one before it goes to the last.</param>
                    /// <param name="last_epoch">How many steps are over.</param>
                    /// <param name="verbose">Whether to print the rates.</param>
                    /// <exception cref="ArgumentException">Steps or parts are out of range.</exception>
                    public OneCycleLR(Optimizer optimizer, double max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1, double pct_start = 0.3,
                        AnnealStrategy anneal_strategy = AnnealStrategy.Cos, bool cycle_momentum = true, double base_momentum = 0.85, double max_momentum = 0.95,
                        double div_factor = 25, double final_div_factor = 1e4, bool three_phase = false, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        total = total_steps > 0 ? total_steps : epochs * steps_per_epoch;
                        if (total <= 0 || (total_steps <= 0 && (epochs <= 0 || steps_per_epoch <= 0)))
                            throw new ArgumentException("total_steps, or epochs and steps_per_epoch, must be positive.", nameof(total_steps));
                        if (pct_start is < 0 or > 1)
                            throw new ArgumentException($"pct_start must be between 0 and 1, not {pct_start}.", nameof(pct_start));
                        (low, high, strategy, cycleMomentum) = (base_momentum, max_momentum, anneal_strategy, cycle_momentum);
                        maxima = _base_lrs.Select(_ => max_lr).ToArray();
                        var (first, last) = (1 / div_factor, 1 / (div_factor * final_div_factor));
                        phases = three_phase
                            ? [new(pct_start * total - 1, first, 1, true), new(2 * pct_start * total - 2, 1, first, false), new(total - 1, first, last, false, MomentumStays: true)]
                            : [new(pct_start * total - 1, first, 1, true), new(total - 1, 1, last, false)];
                        if (last_epoch == -1)
                        {
                            foreach (var group in optimizer.ParamGroups)
                                group.InitialLearningRate = max_lr * first;
                        }
                        step();
                    }

                    /// <inheritdoc/>
                    protected override IEnumerable<double> get_lr()
                    {
                        if (_last_epoch >= total)
                            throw new InvalidOperationException($"Tried to step {_last_epoch + 1} times. The specified number of total steps is {total}");
                        var start = 0.0;
                        foreach (var phase in phases)
                        {
                            if (_last_epoch <= phase.End || phase == phases[^1])
                            {
                                var part = (_last_epoch - start) / (phase.End - start);
                                if (cycleMomentum)
                                    SetMomentum(phase.MomentumStays ? high : phase.MomentumFalls ? Between(high, low, part) : Between(low, high, part));
                                var factor = Between(phase.StartRate, phase.EndRate, part);
                                return maxima.Select(maximum => maximum * factor);
                            }
                            start = phase.End;
                        }
                        throw new InvalidOperationException("A cycle has at least one phase.");
                    }

                    private double Between(double from, double to, double part) => strategy == AnnealStrategy.Linear
                        ? from + (to - from) * part
                        : to + (from - to) / 2 * (1 + Math.Cos(Math.PI * part));

                    private void SetMomentum(double momentum)
                    {
                        foreach (var group in _optimizer.ParamGroups)
                        {
                            if (group is IMomentum with)
                                with.Momentum = momentum;
                            else if (group is IBetas betas)
                                betas.Betas = (momentum, betas.Betas.Item2);
                        }
                    }
                }

                /// <summary>Less whenever a value stops improving.</summary>
                public class ReduceLROnPlateau : LRScheduler
                {
                    private readonly (bool max, double factor, int patience, double threshold, bool absolute, int cooldown, double eps) settings;
                    private readonly IList<double> minima;
                    private double best;
                    private int bad, cooling;

                    /// <summary>Less whenever a value stops improving.</summary>
                    /// <param name="optimizer">The optimiser.</param>
                    /// <param name="mode">"min" if small values are good, else "max".</param>
                    /// <param name="factor">What the rates are multiplied by.</param>
                    /// <param name="patience">How many epochs without improvement are borne.</param>
                    /// <param name="threshold">How much better counts as improvement.</param>
                    /// <param name="threshold_mode">"rel" if the threshold is a part of the best value, else "abs".</param>
                    /// <param name="cooldown">Epochs to wait after a change.</param>
                    /// <param name="min_lr">The smallest rates, one for each group or one for all.</param>
                    /// <param name="eps">Smaller changes are not made.</param>
                    /// <param name="verbose">Whether to print the rates.</param>
                    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
                    public ReduceLROnPlateau(Optimizer optimizer, string mode = "min", double factor = 0.1, int patience = 10, double threshold = 1e-4, string threshold_mode = "rel",
                        int cooldown = 0, IList<double>? min_lr = null, double eps = 1e-8, bool verbose = false) : base(optimizer, 0, verbose)
                    {
                        if (factor >= 1.0) throw new ArgumentException("Factor should be < 1.0", nameof(factor));
                        if (mode is not ("min" or "max")) throw new ArgumentException($"mode {mode} is unknown; use min or max.", nameof(mode));
                        if (threshold_mode is not ("rel" or "abs")) throw new ArgumentException($"threshold mode {threshold_mode} is unknown; use rel or abs.", nameof(threshold_mode));
                        settings = (mode == "max", factor, patience, threshold, threshold_mode == "abs", cooldown, eps);
                        minima = min_lr is null ? _base_lrs.Select(_ => 0.0).ToList() : min_lr.Count == 1 ? _base_lrs.Select(_ => min_lr[0]).ToList() : min_lr;
                        if (minima.Count != _base_lrs.Count)
                            throw new ArgumentException($"expected {_base_lrs.Count} min_lrs, got {minima.Count}", nameof(min_lr));
                        best = settings.max ? double.NegativeInfinity : double.PositiveInfinity;
                    }

                    /// <summary>Ends an epoch with the value that was reached.</summary>
                    public override void step(double current, int? epoch = null)
                    {
                        _last_epoch = epoch ?? _last_epoch + 1;
                        if (Better(current))
                            (best, bad) = (current, 0);
                        else
                            bad++;
                        if (cooling > 0)
                            (cooling, bad) = (cooling - 1, 0);
                        if (bad <= settings.patience)
                            return;
                        SetRates(get_lr());
                        (cooling, bad) = (settings.cooldown, 0);
                    }

                    /// <summary>Refused: the schedule needs a value.</summary>
                    public override void step() => throw new InvalidOperationException("step() should not be used with the ReduceLROnPlateau scheduler; pass the value: step(current).");

                    /// <summary>Refused: the schedule needs a value.</summary>
                    public override void step(int? epoch) => step();

                    /// <inheritdoc/>
                    protected override IEnumerable<double> get_lr() => _optimizer.ParamGroups.Zip(minima, (group, minimum) =>
                    {
                        var less = Math.Max(group.LearningRate * settings.factor, minimum);
                        return group.LearningRate - less > settings.eps ? less : group.LearningRate;
                    });

                    private bool Better(double value)
                    {
                        if (double.IsInfinity(best))
                            return settings.max ? value > best : value < best;
                        var (sign, margin) = (settings.max ? 1 : -1, settings.threshold * (settings.absolute ? 1 : Math.Abs(best)));
                        return sign * value > sign * best + margin;
                    }
                }
            }

            /// <summary>Up to a maximum and down to almost 0 in one cycle.</summary>
            public static LRScheduler OneCycleLR(Optimizer optimizer, double max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1, double pct_start = 0.3,
                impl.OneCycleLR.AnnealStrategy anneal_strategy = impl.OneCycleLR.AnnealStrategy.Cos, bool cycle_momentum = true, double base_momentum = 0.85, double max_momentum = 0.95,
                double div_factor = 25, double final_div_factor = 1e4, bool three_phase = false, int last_epoch = -1, bool verbose = false) =>
                new impl.OneCycleLR(optimizer, max_lr, total_steps, epochs, steps_per_epoch, pct_start, anneal_strategy, cycle_momentum, base_momentum, max_momentum, div_factor, final_div_factor, three_phase, last_epoch, verbose);

            /// <summary>Less whenever a value stops improving.</summary>
            public static LRScheduler ReduceLROnPlateau(Optimizer optimizer, string mode = "min", double factor = 0.1, int patience = 10, double threshold = 1e-4, string threshold_mode = "rel",
                int cooldown = 0, IList<double>? min_lr = null, double eps = 1e-8, bool verbose = false) =>
                new impl.ReduceLROnPlateau(optimizer, mode, factor, patience, threshold, threshold_mode, cooldown, min_lr, eps, verbose);
        }
    }
}
