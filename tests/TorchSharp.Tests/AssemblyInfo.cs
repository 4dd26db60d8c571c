// The tests share libtorch's threads, the default random stream and two cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
