using System.Runtime.InteropServices;

namespace LlamaCpp.Native;

/// <summary>Owns a <c>llama_model</c>.</summary>
internal sealed class SafeLlamaModelHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LlamaNative.llama_model_free(handle);
        return true;
    }
}

/// <summary>Owns a <c>llama_context</c> and the flag that its abort callback reads, and keeps its model alive.</summary>
internal sealed class SafeLlamaContextHandle() : SafeHandle(0, ownsHandle: true)
{
    private SafeLlamaModelHandle? model;
    private AbortFlag? abort;
    private nint threads;

    public override bool IsInvalid => handle == 0;

    /// <summary>Set to stop the running decode.</summary>
    public AbortFlag Abort => abort!;

    /// <summary>The attached adapters, each with a reference that is released with the context.</summary>
    public List<SafeLoraAdapterHandle> Adapters { get; set; } = [];

    /// <summary>Gives the context threads of its own, which end with it.</summary>
    public void StartThreads(int count, int poll)
    {
        if (count > 1 && (threads = ComputeThreads.Start(count, poll)) != 0)
            LlamaNative.llama_attach_threadpool(this, threads, threads);
    }

    /// <exception cref="LlamaException">The context could not be made; most often its KV cache does not fit the memory.</exception>
    public static unsafe SafeLlamaContextHandle Create(SafeLlamaModelHandle model, LlamaContextParamsNative parameters)
    {
        var abort = new AbortFlag();
        parameters.abort_callback = (nint)(delegate* unmanaged[Cdecl]<nint, byte>)&AbortFlag.IsSet;
        parameters.abort_callback_data = abort.DangerousGetHandle(); // lives as long as the context: both are released below
        using var log = LlamaLog.Collect();
        var context = LlamaNative.llama_init_from_model(model, parameters);
        if (context.IsInvalid) // a P/Invoke never returns a null SafeHandle
        {
            abort.Dispose();
            throw new LlamaException($"The context could not be made (n_ctx = {parameters.n_ctx}); try a smaller context.{log.Sentence()}");
        }
        var added = false;
        model.DangerousAddRef(ref added); // the context reads the weights: the model must outlive it
        context.model = model;
        context.abort = abort;
        return context;
    }

    protected override bool ReleaseHandle()
    {
        LlamaNative.llama_free(handle);
        SafeLoraAdapterHandle.Release(Adapters);
        ComputeThreads.End(threads);
        abort?.Dispose();
        model?.DangerousRelease();
        return true;
    }
}

/// <summary>An int outside the garbage collector's reach, which llama.cpp's compute threads poll during a decode.</summary>
internal sealed unsafe class AbortFlag : SafeHandle
{
    public AbortFlag() : base(0, ownsHandle: true) => SetHandle((nint)NativeMemory.AllocZeroed(sizeof(int)));

    public override bool IsInvalid => handle == 0;

    public void Set(bool value)
    {
        var added = false;
        try
        {
            DangerousAddRef(ref added);
            Volatile.Write(ref *(int*)handle, value ? 1 : 0);
        }
        catch (ObjectDisposedException)
        {
            // A cancellation that comes after the context is gone has nothing left to stop.
        }
        finally
        {
            if (added)
                DangerousRelease();
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    internal static byte IsSet(nint data) => Volatile.Read(ref *(int*)data) != 0 ? (byte)1 : (byte)0;

    protected override bool ReleaseHandle()
    {
        NativeMemory.Free((void*)handle);
        return true;
    }
}

/// <summary>Owns a <c>llama_sampler</c>: a chain with its members.</summary>
internal sealed class SafeLlamaSamplerHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LlamaNative.llama_sampler_free(handle);
        return true;
    }
}

/// <summary>Owns a <c>llama_adapter_lora</c> and keeps its model alive.</summary>
internal sealed class SafeLoraAdapterHandle() : SafeHandle(0, ownsHandle: true)
{
    private SafeLlamaModelHandle? model;

    public override bool IsInvalid => handle == 0;

    /// <summary>Gives back a reference to each of these.</summary>
    public static void Release(IEnumerable<SafeLoraAdapterHandle> handles)
    {
        foreach (var adapter in handles)
            adapter.DangerousRelease();
    }

    /// <summary>Keeps the model, which owns the adapter's buffers, alive as long as this handle.</summary>
    public void KeepAlive(SafeLlamaModelHandle owner)
    {
        var added = false;
        owner.DangerousAddRef(ref added);
        model = owner;
    }

    protected override bool ReleaseHandle()
    {
        LlamaNative.llama_adapter_lora_free(handle);
        model?.DangerousRelease();
        return true;
    }
}
