// A C ABI over libtorch: any ATen operator by name through the dispatcher, and the few things that are no operators
// (autograd, grad mode, generators, threads, tensor metadata).
//
// A tensor crosses the border as an owned at::TensorImpl*: one reference, given back through torch_release.
// Every function that can fail returns 0 on success; otherwise torch_last_error tells why.
// Tried with libtorch 1.13 (-std=c++17) and written to compile with newer ones (-std=c++20).

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/variable.h>
#include <torch/version.h>

#include "attention.h"

#include <dlfcn.h>
#include <string>
#include <vector>

#define API extern "C" __attribute__((visibility("default")))

namespace {

thread_local std::string last_error;

/// Runs body and turns every C++ exception into a return code with a message.
template <typename Body>
int guarded(Body body) {
  try {
    body();
    return 0;
  } catch (const c10::Error& error) {
    last_error = error.what_without_backtrace();
  } catch (const std::exception& error) {
    last_error = error.what();
  } catch (...) {
    last_error = "libtorch failed with an exception of an unknown type.";
  }
  return 1;
}

using Impl = at::TensorImpl;
using ImplPtr = c10::intrusive_ptr<Impl, at::UndefinedTensorImpl>;

at::Tensor borrow(void* handle) {
  return handle == nullptr ? at::Tensor() : at::Tensor(ImplPtr::reclaim_copy(static_cast<Impl*>(handle)));
}

void* own(const at::Tensor& tensor) {
  if (!tensor.defined()) return nullptr;
  return at::Tensor(tensor).unsafeReleaseTensorImpl();
}

// Mirrored by Interop/NativeArg.cs.
enum Kind : int32_t {
  None = 0, TensorKind = 1, Int = 2, Double = 3, Bool = 4, IntList = 5, DoubleList = 6, TensorList = 7,
  String = 8, Device = 9, Generator = 10, Default = 11
};

struct Arg {
  int32_t kind;
  int32_t length;  // of a list or string; for a device its type
  union {
    int64_t integer;
    double real;
    void* pointer;
  };
};

/// What the schema says about one argument, looked up once per operator.
struct Slot {
  std::string name;
  c10::TypeKind kind;     // with Optional taken off
  c10::TypeKind element;  // of a list, with Optional taken off
  bool optional;
  bool optional_elements;
  c10::optional<c10::IValue> fallback;
};

struct Operator {
  c10::OperatorHandle handle;
  std::string name;
  std::vector<Slot> slots;
};

c10::TypePtr without_optional(const c10::TypePtr& type, bool* optional) {
  auto as_optional = type->cast<c10::OptionalType>();
  *optional = as_optional != nullptr;
  return as_optional ? as_optional->getElementType() : type;
}

Slot slot_of(const c10::Argument& argument) {
  Slot slot;
  slot.name = argument.name();
  auto type = without_optional(argument.type(), &slot.optional);
  slot.kind = type->kind();
  slot.element = slot.kind;
  slot.optional_elements = false;
  if (auto list = type->cast<c10::ListType>())
    slot.element = without_optional(list->getElementType(), &slot.optional_elements)->kind();
  slot.fallback = argument.default_value();
  return slot;
}

c10::IValue to_ivalue(const Operator& op, const Slot& slot, const Arg& arg) {
  const bool list = slot.kind == c10::TypeKind::ListType;
  switch (arg.kind) {
    case None:
      TORCH_CHECK(slot.optional, op.name, ": argument '", slot.name, "' must not be null.");
      return c10::IValue();
    case Default:
      TORCH_CHECK(slot.fallback.has_value() || slot.optional, op.name, ": argument '", slot.name, "' has no default.");
      return slot.fallback.has_value() ? *slot.fallback : c10::IValue();
    case TensorKind:
      if (list) {
        c10::List<at::Tensor> one;
        one.push_back(borrow(arg.pointer));
        return one;
      }
      return borrow(arg.pointer);
    case Int:
      if (list) {
        if (slot.element == c10::TypeKind::FloatType) return c10::List<double>({static_cast<double>(arg.integer)});
        return c10::List<int64_t>({arg.integer});
      }
      if (slot.kind == c10::TypeKind::FloatType) return static_cast<double>(arg.integer);
      if (slot.kind == c10::TypeKind::BoolType) return arg.integer != 0;
      return arg.integer;
    case Double:
      if (list) return c10::List<double>({arg.real});
      return arg.real;
    case Bool:
      return arg.integer != 0;
    case IntList: {
      auto values = static_cast<const int64_t*>(arg.pointer);
      if (slot.element == c10::TypeKind::BoolType) {
        c10::List<bool> items;
        for (int32_t i = 0; i < arg.length; i++) items.push_back(values[i] != 0);
        return items;
      }
      if (slot.element == c10::TypeKind::FloatType) {
        c10::List<double> items;
        for (int32_t i = 0; i < arg.length; i++) items.push_back(static_cast<double>(values[i]));
        return items;
      }
      return c10::IValue(at::IntArrayRef(values, arg.length));
    }
    case DoubleList: {
      auto values = static_cast<const double*>(arg.pointer);
      return c10::IValue(at::ArrayRef<double>(values, arg.length));
    }
    case TensorList: {
      auto handles = static_cast<void* const*>(arg.pointer);
      if (slot.optional_elements) {
        c10::List<c10::optional<at::Tensor>> items;
        items.reserve(arg.length);
        for (int32_t i = 0; i < arg.length; i++)
          items.push_back(handles[i] == nullptr ? c10::optional<at::Tensor>() : borrow(handles[i]));
        return items;
      }
      c10::List<at::Tensor> items;
      items.reserve(arg.length);
      for (int32_t i = 0; i < arg.length; i++) items.push_back(borrow(handles[i]));
      return items;
    }
    case String:
      return std::string(static_cast<const char*>(arg.pointer), arg.length);
    case Device:
      return c10::Device(static_cast<c10::DeviceType>(arg.length), static_cast<c10::DeviceIndex>(arg.integer));
    case Generator:
      return *static_cast<at::Generator*>(arg.pointer);
    default:
      TORCH_CHECK(false, op.name, ": argument '", slot.name, "' has the unknown kind ", arg.kind, ".");
  }
}

/// Appends one result; a list of tensors becomes as many entries.
void append_result(const c10::IValue& value, std::vector<Arg>& results) {
  Arg out{};
  if (value.isTensor()) {
    out.kind = TensorKind;
    out.pointer = own(value.toTensor());
  } else if (value.isTensorList()) {
    for (const at::Tensor& tensor : value.toTensorVector()) append_result(tensor, results);
    return;
  } else if (value.isInt()) {
    out.kind = Int;
    out.integer = value.toInt();
  } else if (value.isDouble()) {
    out.kind = Double;
    out.real = value.toDouble();
  } else if (value.isBool()) {
    out.kind = Bool;
    out.integer = value.toBool();
  }
  results.push_back(out);
}

std::vector<at::Tensor> borrow_all(void* const* handles, int32_t count) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(count);
  for (int32_t i = 0; i < count; i++) tensors.push_back(borrow(handles[i]));
  return tensors;
}

}  // namespace

API const char* torch_last_error() { return last_error.c_str(); }
API const char* torch_version() { return TORCH_VERSION; }
API void torch_release(void* tensor) { c10::raw::intrusive_ptr::decref(static_cast<Impl*>(tensor)); }

// ---- operators -----------------------------------------------------------------------------------------------------

/// Finds an operator such as "aten::add", "Tensor"; the handle lives as long as the process.
API int torch_find_operator(const char* name, const char* overload, void** result) {
  return guarded([&] {
    auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
    auto op = new Operator{handle, name, {}};
    for (const auto& argument : handle.schema().arguments()) op->slots.push_back(slot_of(argument));
    *result = op;
  });
}

/// Calls an operator; arguments that are left out at the end take the schema's defaults. With results == null what the
/// operator returns is dropped (in-place operators). The results are valid until the thread's next call.
API int torch_call(void* op_handle, const Arg* args, int32_t count, const Arg** results, int32_t* result_count) {
  return guarded([&] {
    const auto& op = *static_cast<Operator*>(op_handle);
    TORCH_CHECK(static_cast<size_t>(count) <= op.slots.size(), op.name, " takes ", op.slots.size(), " arguments, not ", count, ".");
    torch::jit::Stack stack;
    stack.reserve(op.slots.size());
    const Arg left_out{Default, 0, {0}};
    for (size_t i = 0; i < op.slots.size(); i++)
      stack.push_back(to_ivalue(op, op.slots[i], i < static_cast<size_t>(count) ? args[i] : left_out));
    op.handle.callBoxed(stack);
    if (results == nullptr) return;
    static thread_local std::vector<Arg> values;
    values.clear();
    for (const auto& value : stack) append_result(value, values);
    *results = values.data();
    *result_count = static_cast<int32_t>(values.size());
  });
}

/// Attention in one pass, without gradients; null where the operators must do it.
API int torch_attention(void* query, void* key, void* value, void* mask, void** result) {
  return guarded([&] {
    at::NoGradGuard no_grad;
    *result = own(attention::attend(borrow(query), borrow(key), borrow(value), borrow(mask)));
  });
}

// ---- tensors -------------------------------------------------------------------------------------------------------

struct TensorInfo {
  int32_t dtype, device_type, device_index, dimensions;
  int64_t elements;
  int32_t requires_grad, is_leaf, is_sparse, element_size, is_contiguous;
};

API int torch_info(void* handle, TensorInfo* info) {
  return guarded([&] {
    auto tensor = borrow(handle);
    auto device = tensor.device();
    *info = {static_cast<int32_t>(tensor.scalar_type()), static_cast<int32_t>(device.type()), device.index(),
             static_cast<int32_t>(tensor.dim()), tensor.numel(), tensor.requires_grad(), tensor.is_leaf(),
             tensor.is_sparse(), static_cast<int32_t>(tensor.element_size()),
             !tensor.is_sparse() && tensor.is_contiguous()};
  });
}

API int32_t torch_dtype(void* handle) { return static_cast<int32_t>(c10::typeMetaToScalarType(static_cast<Impl*>(handle)->dtype())); }
API int64_t torch_dim(void* handle) { return static_cast<Impl*>(handle)->dim(); }
API int64_t torch_numel(void* handle) { return static_cast<Impl*>(handle)->numel(); }

/// Writes sizes or strides; room for torch_dim numbers is the caller's.
API int torch_sizes(void* handle, int64_t* sizes) {
  return guarded([&] { for (auto size : borrow(handle).sizes()) *sizes++ = size; });
}
API int torch_strides(void* handle, int64_t* strides) {
  return guarded([&] { for (auto stride : borrow(handle).strides()) *strides++ = stride; });
}

API int torch_data(void* handle, void** data, int64_t* storage_offset) {
  return guarded([&] {
    auto tensor = borrow(handle);
    *data = tensor.data_ptr();
    *storage_offset = tensor.storage_offset();
  });
}

// ---- autograd ------------------------------------------------------------------------------------------------------

API int torch_set_requires_grad(void* handle, int32_t value) {
  return guarded([&] { borrow(handle).set_requires_grad(value != 0); });
}

API int torch_grad(void* handle, void** grad) {
  return guarded([&] { *grad = own(borrow(handle).grad()); });
}

API int torch_set_grad(void* handle, void* grad) {
  return guarded([&] { borrow(handle).mutable_grad() = borrow(grad); });
}

/// Tells autograd that the memory was changed behind its back.
API int torch_bump_version(void* handle) {
  return guarded([&] { torch::autograd::impl::bump_version(borrow(handle)); });
}

API int torch_retain_grad(void* handle) {
  return guarded([&] { borrow(handle).retain_grad(); });
}

API int torch_backward(void* const* tensors, int32_t count, void* const* grads, int32_t grad_count, int32_t retain_graph,
                       int32_t create_graph, void* const* inputs, int32_t input_count) {
  return guarded([&] {
    torch::autograd::backward(borrow_all(tensors, count), borrow_all(grads, grad_count), retain_graph != 0,
                              create_graph != 0, borrow_all(inputs, input_count));
  });
}

/// Writes input_count gradients, null where an input is unused and allow_unused is set.
API int torch_autograd_grad(void* const* outputs, int32_t count, void* const* inputs, int32_t input_count,
                            void* const* grads, int32_t grad_count, int32_t retain_graph, int32_t create_graph,
                            int32_t allow_unused, void** results) {
  return guarded([&] {
    auto found = torch::autograd::grad(borrow_all(outputs, count), borrow_all(inputs, input_count),
                                       borrow_all(grads, grad_count), retain_graph != 0, create_graph != 0, allow_unused != 0);
    for (const auto& grad : found) *results++ = own(grad);
  });
}

API int32_t torch_grad_enabled() { return at::GradMode::is_enabled(); }
API void torch_set_grad_enabled(int32_t enabled) { at::GradMode::set_enabled(enabled != 0); }
API int32_t torch_inference_mode_enabled() { return c10::InferenceMode::is_enabled(); }
API void* torch_inference_mode_enter(int32_t enabled) { return new c10::InferenceMode(enabled != 0); }
API void torch_inference_mode_leave(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }

// ---- random numbers ------------------------------------------------------------------------------------------------

API int torch_manual_seed(int64_t seed) {
  return guarded([&] { at::manual_seed(static_cast<uint64_t>(seed)); });
}

API int torch_generator(uint64_t seed, int32_t is_default, void** result) {
  return guarded([&] {
    *result = new at::Generator(is_default ? at::detail::getDefaultCPUGenerator() : at::make_generator<at::CPUGeneratorImpl>(seed));
  });
}

API void torch_generator_release(void* generator) { delete static_cast<at::Generator*>(generator); }
API uint64_t torch_generator_initial_seed(void* generator) { return static_cast<at::Generator*>(generator)->current_seed(); }

API int torch_generator_seed(void* handle, int64_t* seed) {
  return guarded([&] {
    auto& generator = *static_cast<at::Generator*>(handle);
    std::lock_guard<std::mutex> lock(generator.mutex());
    if (seed[0]) generator.set_current_seed(static_cast<uint64_t>(seed[1]));
    else seed[1] = static_cast<int64_t>(generator.seed());
  });
}

API int torch_generator_get_state(void* handle, void** state) {
  return guarded([&] {
    auto& generator = *static_cast<at::Generator*>(handle);
    std::lock_guard<std::mutex> lock(generator.mutex());
    *state = own(generator.get_state());
  });
}

API int torch_generator_set_state(void* handle, void* state) {
  return guarded([&] {
    auto& generator = *static_cast<at::Generator*>(handle);
    std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_state(borrow(state));
  });
}

// ---- the machine ---------------------------------------------------------------------------------------------------

API int32_t torch_cuda_available() { return at::hasCUDA(); }
API int32_t torch_cuda_device_count() { return at::hasCUDA() ? static_cast<int32_t>(at::getNumGPUs()) : 0; }
API int32_t torch_get_num_threads() { return at::get_num_threads(); }
API int32_t torch_get_num_interop_threads() { return at::get_num_interop_threads(); }

API int torch_set_num_interop_threads(int32_t count) {
  return guarded([&] { at::set_num_interop_threads(count); });
}

API int torch_set_num_threads(int32_t count) {
  return guarded([&] {
    at::set_num_threads(count);
    // A pthreads build of OpenBLAS has threads of its own, which at::set_num_threads does not reach.
    using SetThreads = void (*)(int);
    if (auto set_blas_threads = reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads")))
      set_blas_threads(count);
  });
}
