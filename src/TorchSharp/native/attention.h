// softmax(scale * query @ key^T + mask) @ value for float32 on processors with AVX-512, six rows of queries at a time:
// the scores of a block of rows never leave the cache, heads are read where the projections left them, and the result
// lies as the output projection wants it. libtorch 1.13 without MKL multiplies one head after the other, on one thread,
// after copying each.

#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace attention {

#if defined(__x86_64__)
#define AVX512 __attribute__((target("avx512f,fma")))

constexpr int64_t Rows = 6, Lanes = 16;
using Vec = float __attribute__((vector_size(64)));
using IntVec = int32_t __attribute__((vector_size(64)));
using Near = float __attribute__((vector_size(64), aligned(4), may_alias));  // anywhere in memory

inline bool supported() { return __builtin_cpu_supports("avx512f"); }

/// out[Rows, Columns * Lanes] = the products of Rows rows of a with as many columns of b, [inner, ...].
template <int Columns>
AVX512 void product(const float* const* a, const float* b, int64_t b_stride, int64_t inner, float* out, int64_t out_stride) {
  Vec sums[Rows][Columns] = {};
  for (int64_t k = 0; k < inner; k++) {
    Vec row[Columns];
#pragma GCC unroll 4
    for (int c = 0; c < Columns; c++) row[c] = *reinterpret_cast<const Near*>(b + k * b_stride + c * Lanes);
#pragma GCC unroll 6
    for (int r = 0; r < Rows; r++)
#pragma GCC unroll 4
      for (int c = 0; c < Columns; c++) sums[r][c] += a[r][k] * row[c];
  }
#pragma GCC unroll 6
  for (int r = 0; r < Rows; r++)
#pragma GCC unroll 4
    for (int c = 0; c < Columns; c++) *reinterpret_cast<Near*>(out + r * out_stride + c * Lanes) = sums[r][c];
}

/// The same for any number of columns that is a multiple of Lanes.
AVX512 inline void product(const float* const* a, const float* b, int64_t b_stride, int64_t inner, int64_t columns, float* out, int64_t out_stride) {
  int64_t c = 0;
  for (; c + 4 * Lanes <= columns; c += 4 * Lanes) product<4>(a, b + c, b_stride, inner, out + c, out_stride);
  switch ((columns - c) / Lanes) {
    case 3: product<3>(a, b + c, b_stride, inner, out + c, out_stride); break;
    case 2: product<2>(a, b + c, b_stride, inner, out + c, out_stride); break;
    case 1: product<1>(a, b + c, b_stride, inner, out + c, out_stride); break;
  }
}

/// e^x for x <= 0, to about two units in the last place; 0 where the result would be denormal.
AVX512 inline Vec exp_of_negative(Vec x) {
  const float round = 12582912.0f;  // 1.5 * 2^23: adding it leaves the nearest integer in the low bits
  Vec shifted = x * 1.44269504f + round;
  Vec n = shifted - round;
  Vec r = x - n * 0.693359375f + n * 2.12194440e-4f;  // ln 2 in two parts
  Vec p = 1.9875691500e-4f * r + 1.3981999507e-3f;    // Cephes' expf
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  IntVec power = ((IntVec)shifted - 0x4b400000 + 127) << 23;
  return x < -87.0f ? Vec{} : p * (Vec)power;
}

/// Turns a row of scores into attention weights; what lies beyond length becomes 0.
AVX512 inline void softmax(float* row, int64_t length, int64_t padded, float scale, const float* mask) {
  int64_t i = 0;
  for (; i + Lanes <= length; i += Lanes) {
    Near& part = *reinterpret_cast<Near*>(row + i);
    part = part * scale + (mask == nullptr ? Vec{} : *reinterpret_cast<const Near*>(mask + i));
  }
  for (; i < length; i++) row[i] = row[i] * scale + (mask == nullptr ? 0.0f : mask[i]);
  for (; i < padded; i++) row[i] = -std::numeric_limits<float>::infinity();
  Vec highests = *reinterpret_cast<const Near*>(row);
  for (i = Lanes; i < padded; i += Lanes) {
    const Vec part = *reinterpret_cast<const Near*>(row + i);
    highests = part > highests ? part : highests;
  }
  float highest = highests[0];
  for (i = 1; i < Lanes; i++) highest = std::max(highest, highests[i]);
  Vec sums = {};
  for (i = 0; i < padded; i += Lanes) {
    Near& part = *reinterpret_cast<Near*>(row + i);
    part = exp_of_negative(part - highest);
    sums += part;
  }
  float sum = 0;
  for (i = 0; i < Lanes; i++) sum += sums[i];
  for (i = 0; i < padded; i += Lanes) *reinterpret_cast<Near*>(row + i) *= 1 / sum;
}

/// One head: query and result [length, width], key and value [keys, width], rows apart by their strides, elements side by side.
struct Head {
  const float *query, *key, *value, *mask;  // mask [length, keys] or null
  float* result;
  int64_t query_stride, key_stride, value_stride, mask_stride, result_stride;
};

AVX512 inline void attend(const Head& head, int64_t length, int64_t keys, int64_t width, float scale, std::vector<float>& memory) {
  const int64_t padded = (keys + Lanes - 1) / Lanes * Lanes;
  memory.resize((width + Rows) * padded + Rows * width);
  float* transposed = memory.data();  // key^T, [width, padded]
  float* scores = transposed + width * padded;
  float* block = scores + Rows * padded;
  for (int64_t d = 0; d < width; d++) {
    for (int64_t k = 0; k < keys; k++) transposed[d * padded + k] = head.key[k * head.key_stride + d];
    std::fill(transposed + d * padded + keys, transposed + (d + 1) * padded, 0.0f);
  }
  const float *query[Rows], *weights[Rows];
  for (int64_t first = 0; first < length; first += Rows) {
    const int64_t rows = std::min(Rows, length - first);
    for (int64_t r = 0; r < Rows; r++) {
      query[r] = head.query + (first + std::min(r, rows - 1)) * head.query_stride;  // a short block repeats its last row
      weights[r] = scores + r * padded;
    }
    product(query, transposed, padded, width, padded, scores, padded);
    for (int64_t r = 0; r < Rows; r++)
      softmax(scores + r * padded, keys, padded, scale, head.mask == nullptr ? nullptr : head.mask + (first + std::min(r, rows - 1)) * head.mask_stride);
    product(weights, head.value, head.value_stride, keys, width, block, width);
    for (int64_t r = 0; r < rows; r++)
      std::copy_n(block + r * width, width, head.result + (first + r) * head.result_stride);
  }
}

/// Whether attend can read it: float32 in main memory, [batch, heads, length, width], a head's elements side by side.
inline bool readable(const at::Tensor& x) {
  return x.device().is_cpu() && x.scalar_type() == at::kFloat && x.dim() == 4 && x.numel() > 0 && x.stride(3) == 1;
}

/// Undefined where the general way must be taken. Few queries are left to it too: there the keys are read once.
inline at::Tensor attend(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, const at::Tensor& mask) {
  if (!supported() || !readable(query) || !readable(key) || !readable(value) || key.sizes() != value.sizes()) return {};
  const auto batch = query.size(0), heads = query.size(1), length = query.size(2), width = query.size(3), keys = key.size(2);
  if (key.size(0) != batch || key.size(1) != heads || key.size(3) != width || width % Lanes != 0 || length < 2 * Rows) return {};
  at::Tensor added;
  if (mask.defined()) {
    if (!mask.device().is_cpu() || mask.scalar_type() != at::kFloat || mask.dim() > 4) return {};
    added = (mask.dim() > 0 && mask.size(-1) == keys && mask.stride(-1) == 1 ? mask : mask.expand({batch, heads, length, keys}).contiguous())
                .expand({batch, heads, length, keys});
  }
  auto result = at::empty({batch, length, heads, width}, query.options()).transpose(1, 2);
  const auto scale = static_cast<float>(1 / std::sqrt(static_cast<double>(width)));
  const auto part = [](const at::Tensor& x, int64_t b, int64_t h) { return x.data_ptr<float>() + b * x.stride(0) + h * x.stride(1); };
  at::parallel_for(0, batch * heads, std::max<int64_t>(1, (1 << 18) / (length * keys * width)), [&](int64_t begin, int64_t end) {
    std::vector<float> memory;
    for (auto index = begin; index < end; index++) {
      const auto b = index / heads, h = index % heads;
      const Head head{part(query, b, h), part(key, b, h), part(value, b, h), added.defined() ? part(added, b, h) : nullptr, part(result, b, h),
                      query.stride(2), key.stride(2), value.stride(2), added.defined() ? added.stride(2) : 0, result.stride(2)};
      attend(head, length, keys, width, scale, memory);
    }
  });
  return result;
}

#undef AVX512
#else
inline at::Tensor attend(const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&) { return {}; }
#endif

}  // namespace attention
