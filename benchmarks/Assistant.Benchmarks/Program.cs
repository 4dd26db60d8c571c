using System.CommandLine;
using Assistant.Benchmarks;
using static TorchSharp.torch;

var name = new Argument<string>("name") { Description = "vit-b32, vit-l14-336, preprocess, scenes, or all.", DefaultValueFactory = _ => "all" };
name.AcceptOnlyFromAmong("all", "vit-b32", "vit-l14-336", "preprocess", "scenes");
var threads = new Option<int>("--threads") { Description = "Threads of libtorch and its BLAS; 0 takes all cores.", DefaultValueFactory = _ => 0 };
var rounds = new Option<int>("--rounds") { Description = "Most repetitions of a measurement.", DefaultValueFactory = _ => 9 };
var budget = new Option<int>("--budget") { Description = "Seconds that a table may take; it has 3 rounds at least.", DefaultValueFactory = _ => 90 };
var clock = new Option<Clock>("--clock") { Description = "Wall, or Cpu: processor time of all threads, which says more on a busy machine.", DefaultValueFactory = _ => Clock.Wall };
var batches = new Option<int[]>("--batch") { Description = "Pictures or texts at once.", DefaultValueFactory = _ => [1, 8], AllowMultipleArgumentsPerToken = true };
var bf16 = new Option<bool>("--bf16") { Description = "Measure bfloat16 even where the processor has no instructions for it." };
var alone = new Option<bool>("--alone") { Description = "Leave Pillow and PyTorch out." };
var root = new RootCommand("Measures the networks' speed on this machine; compare only figures of one run.") { name, threads, rounds, budget, clock, batches, bf16, alone };
root.SetAction(result =>
{
    if (result.GetValue(threads) > 0)
        set_num_threads(result.GetValue(threads));
    manual_seed(1);
    var plan = new Plan(result.GetValue(rounds), TimeSpan.FromSeconds(result.GetValue(budget)), result.GetValue(clock), result.GetValue(batches)!, get_num_threads(), !result.GetValue(alone));
    var chosen = result.GetValue(name);
    Machine.Print(plan);
    if (chosen is "all" or "preprocess")
        PreprocessBenchmark.Run(plan);
    if (chosen is "all" or "scenes")
        SceneBenchmark.Run(plan);
    foreach (var shape in ClipShape.All.Where(shape => chosen == "all" || chosen == shape.Name))
    {
        ClipBenchmark.Run(shape, ScalarType.Float32, plan);
        if (Machine.HasBFloat16 || result.GetValue(bf16))
            ClipBenchmark.Run(shape, ScalarType.BFloat16, plan);
        else
            Console.WriteLine("bfloat16 is left out: this processor has neither AVX512-BF16 nor AMX-BF16 (--bf16 measures it all the same).\n");
    }
});
return root.Parse(args).Invoke();
