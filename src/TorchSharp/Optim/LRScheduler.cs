namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        /// <summary>Learning rate schedules.</summary>
        public static partial class lr_scheduler
        {
            /// <summary>Sets the learning rates of an optimiser's groups as the epochs (or steps) go by.</summary>
            /// <remarks>A rate is worked out from its initial one and the number of epochs, so a schedule resumes with last_epoch alone.</remarks>
            public abstract class LRScheduler
            {
                private readonly bool verbose;
                private List<double> lastRates;

                /// <summary>The optimiser.</summary>
                protected Optimizer _optimizer;
                /// <summary>How many epochs are over.</summary>
                protected int _last_epoch;
                /// <summary>The initial rates.</summary>
                protected IList<double> _base_lrs;

                /// <summary>A schedule that has not begun.</summary>
                protected LRScheduler(Optimizer optimizer, int last_epoch = -1, bool verbose = false)
                {
                    (_optimizer, _last_epoch, this.verbose) = (optimizer, last_epoch, verbose);
                    _base_lrs = optimizer.ParamGroups.Select(group => group.InitialLearningRate).ToList();
                    lastRates = optimizer.ParamGroups.Select(group => group.LearningRate).ToList();
                }

                /// <summary>The rates of the current epoch.</summary>
                protected abstract IEnumerable<double> get_lr();

                /// <summary>The rates set last.</summary>
                public IEnumerable<double> get_last_lr() => lastRates;

                /// <summary>Begins the next epoch.</summary>
                public virtual void step() => step(null);

                /// <summary>Begins the next epoch, or the given one.</summary>
                public virtual void step(int? epoch)
                {
                    _last_epoch = epoch ?? _last_epoch + 1;
                    SetRates(get_lr());
                }

                /// <summary>Begins the next epoch; only some schedules look at the value.</summary>
                public virtual void step(double current, int? epoch = null) => step(epoch);

                private protected void SetRates(IEnumerable<double> rates)
                {
                    lastRates = rates.ToList();
                    foreach (var (group, rate) in _optimizer.ParamGroups.Zip(lastRates))
                        group.LearningRate = rate;
                    if (verbose)
                        Console.WriteLine($"Adjusting learning rates to {string.Join(", ", lastRates)}");
                }

                private protected IEnumerable<double> Scaled(double factor) => _base_lrs.Select(rate => rate * factor);
            }

            /// <summary>The classes behind the schedules.</summary>
            public static partial class impl
            {
                /// <summary>The initial rate times a function of the epoch.</summary>
                public class LambdaLR : LRScheduler
                {
                    private readonly List<Func<int, double>> lambdas;

                    /// <summary>One function for all groups.</summary>
                    public LambdaLR(Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1, bool verbose = false)
                        : this(optimizer, optimizer.ParamGroups.Select(_ => lr_lambda), last_epoch, verbose) { }

                    /// <summary>One function for each group.</summary>
                    public LambdaLR(Optimizer optimizer, IEnumerable<Func<int, double>> lr_lambdas, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose)
                    {
                        lambdas = lr_lambdas.ToList();
                        if (lambdas.Count != _base_lrs.Count)
                            throw new ArgumentException($"{lambdas.Count} functions for {_base_lrs.Count} parameter groups.", nameof(lr_lambdas));
                        step();
                    }

                    /// <inheritdoc/>
                    protected override IEnumerable<double> get_lr() => _base_lrs.Zip(lambdas, (rate, lambda) => rate * lambda(_last_epoch));
                }

                /// <summary>The initial rate times a function of the epoch that needs no state.</summary>
                public abstract class FactorLR : LRScheduler
                {
                    private protected FactorLR(Optimizer optimizer, int last_epoch, bool verbose) : base(optimizer, last_epoch, verbose) { }

                    private protected abstract double Factor(int epoch);

                    /// <inheritdoc/>
                    protected override IEnumerable<double> get_lr() => Scaled(Factor(_last_epoch));
                }

                /// <summary>Times gamma every step_size epochs.</summary>
                public class StepLR : FactorLR
                {
                    private readonly (int size, double gamma) settings;

                    /// <summary>Times gamma every step_size epochs.</summary>
                    public StepLR(Optimizer optimizer, int step_size, double gamma = 0.1, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose)
                    {
                        settings = (step_size, gamma);
                        step();
                    }

                    private protected override double Factor(int epoch) => Math.Pow(settings.gamma, epoch / settings.size);
                }

                /// <summary>Times gamma at each milestone.</summary>
                public class MultiStepLR : FactorLR
                {
                    private readonly (IList<int> milestones, double gamma) settings;

                    /// <summary>Times gamma at each milestone.</summary>
                    public MultiStepLR(Optimizer optimizer, IList<int> milestones, double gamma = 0.1, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose)
                    {
                        settings = (milestones, gamma);
                        step();
                    }

                    private protected override double Factor(int epoch) => Math.Pow(settings.gamma, settings.milestones.Count(milestone => milestone <= epoch));
                }

                /// <summary>Times gamma every epoch.</summary>
                public class ExponentialLR : FactorLR
                {
                    private readonly double gamma;

                    /// <summary>Times gamma every epoch.</summary>
                    public ExponentialLR(Optimizer optimizer, double gamma = 0.1, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose)
                    {
                        this.gamma = gamma;
                        step();
                    }

                    private protected override double Factor(int epoch) => Math.Pow(gamma, epoch);
                }

                /// <summary>A factor for the first epochs, then 1.</summary>
                public class ConstantLR : FactorLR
                {
                    private readonly (double factor, int total) settings;

                    /// <summary>A factor for the first epochs, then 1.</summary>
                    public ConstantLR(Optimizer optimizer, double factor = 1.0 / 3, int total_iters = 5, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose)
                    {
                        settings = (factor, total_iters);
                        step();
                    }

                    private protected override double Factor(int epoch) => epoch < settings.total ? settings.factor : 1;
                }

                /// <summary>From one factor to another in a straight line.</summary>
                public class LinearLR : FactorLR
                {
                    private readonly (double start, double end, int total) settings;

                    /// <summary>From one factor to another in a straight line.</summary>
                    public LinearLR(Optimizer optimizer, double start_factor = 1.0 / 3, double end_factor = 1.0, int total_iters = 5, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose)
                    {
                        settings = (start_factor, end_factor, total_iters);
                        step();
                    }

                    private protected override double Factor(int epoch) =>
                        settings.start + (settings.end - settings.start) * Math.Min(epoch, settings.total) / settings.total;
                }

                /// <summary>Down to 0 by a power of the epochs left.</summary>
                public class PolynomialLR : FactorLR
                {
                    private readonly (int total, double power) settings;

                    /// <summary>Down to 0 by a power of the epochs left.</summary>
                    public PolynomialLR(Optimizer optimizer, int total_iters = 5, double power = 1.0, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose)
                    {
                        settings = (total_iters, power);
                        step();
                    }

                    private protected override double Factor(int epoch) => Math.Pow(1 - (double)Math.Min(epoch, settings.total) / settings.total, settings.power);
                }

                /// <summary>Half a cosine wave from the initial rate down to eta_min, and up again.</summary>
                public class CosineAnnealingLR : LRScheduler
                {
                    private readonly (double period, double low) settings;

                    /// <summary>Half a cosine wave of T_max epochs.</summary>
                    public CosineAnnealingLR(Optimizer optimizer, double T_max, double eta_min = 0, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose)
                    {
                        settings = (T_max, eta_min);
                        step();
                    }

                    /// <inheritdoc/>
                    protected override IEnumerable<double> get_lr() =>
                        _base_lrs.Select(rate => settings.low + (rate - settings.low) * (1 + Math.Cos(Math.PI * _last_epoch / settings.period)) / 2);
                }
            }

            /// <summary>The initial rate times a function of the epoch.</summary>
            public static LRScheduler LambdaLR(Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1, bool verbose = false) => new impl.LambdaLR(optimizer, lr_lambda, last_epoch, verbose);
            /// <summary>Times gamma every step_size epochs.</summary>
            public static LRScheduler StepLR(Optimizer optimizer, int step_size, double gamma = 0.1, int last_epoch = -1, bool verbose = false) => new impl.StepLR(optimizer, step_size, gamma, last_epoch, verbose);
            /// <summary>Times gamma at each milestone.</summary>
            public static LRScheduler MultiStepLR(Optimizer optimizer, IList<int> milestones, double gamma = 0.1, int last_epoch = -1, bool verbose = false) => new impl.MultiStepLR(optimizer, milestones, gamma, last_epoch, verbose);
            /// <summary>Times gamma every epoch.</summary>
            public static LRScheduler ExponentialLR(Optimizer optimizer, double gamma = 0.1, int last_epoch = -1, bool verbose = false) => new impl.ExponentialLR(optimizer, gamma, last_epoch, verbose);
            /// <summary>A factor for the first epochs, then 1.</summary>
            public static LRScheduler ConstantLR(Optimizer optimizer, double factor = 1.0 / 3, int total_iters = 5, int last_epoch = -1, bool verbose = false) => new impl.ConstantLR(optimizer, factor, total_iters, last_epoch, verbose);
            /// <summary>From one factor to another in a straight line.</summary>
            public static LRScheduler LinearLR(Optimizer optimizer, double start_factor = 1.0 / 3, double end_factor = 1.0, int total_iters = 5, int last_epoch = -1, bool verbose = false) => new impl.LinearLR(optimizer, start_factor, end_factor, total_iters, last_epoch, verbose);
            /// <summary>Down to 0 by a power of the epochs left.</summary>
            public static LRScheduler PolynomialLR(Optimizer optimizer, int total_iters = 5, double power = 1, int last_epoch = -1, bool verbose = false) => new impl.PolynomialLR(optimizer, total_iters, power, last_epoch, verbose);
            /// <summary>Half a cosine wave down to eta_min.</summary>
            public static LRScheduler CosineAnnealingLR(Optimizer optimizer, double T_max, double eta_min = 0, int last_epoch = -1, bool verbose = false) => new impl.CosineAnnealingLR(optimizer, T_max, eta_min, last_epoch, verbose);
        }
    }
}
