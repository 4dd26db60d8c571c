namespace LlamaCpp.Native;

/// <summary>A pool of compute threads that stays between decodes. Without one ggml starts and ends its threads at every decode, which costs a small model more than its arithmetic.</summary>
internal static unsafe class ComputeThreads
{
    private const uint DefaultPoll = 50; // ggml's own, by which the struct's layout is recognised

    /// <summary>Starts a pool.</summary>
    /// <param name="threads">Threads, the calling one included.</param>
    /// <param name="poll">How long an idle thread spins before it sleeps, 0 to 100.</param>
    /// <returns>0 where the library has no pools to offer: ggml then helps itself.</returns>
    public static nint Start(int threads, int poll)
    {
        var start = (delegate* unmanaged[Cdecl]<GgmlThreadPoolParams*, nint>)Function("ggml_threadpool_new");
        if (start is null || Function("ggml_threadpool_free") == 0)
            return 0;
        GgmlThreadPoolParams parameters = default;
        LlamaNative.ggml_threadpool_params_init(&parameters, threads);
        if (parameters.n_threads != threads || parameters.prio != 0 || parameters.poll != DefaultPoll || parameters.paused != 0)
            return 0; // another layout
        parameters.poll = (uint)poll;
        return start(&parameters);
    }

    /// <summary>Ends a pool that no context uses any more.</summary>
    public static void End(nint pool)
    {
        if (pool != 0)
            ((delegate* unmanaged[Cdecl]<nint, void>)Function("ggml_threadpool_free"))(pool);
    }

    // The functions live in whichever CPU variant was loaded.
    private static nint Function(string name)
    {
        var cpu = LlamaNative.ggml_backend_reg_by_name("CPU");
        return cpu == 0 ? 0 : LlamaNative.ggml_backend_reg_get_proc_address(cpu, name);
    }
}
