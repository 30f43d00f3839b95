// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Streams of random words and the distributions made of them. One word makes one number, by
// inversion, so that element i of a tensor needs nothing but word i.
#include "base/random.h"

#include <cmath>

namespace weft::rt {

uint64_t streamOfName(std::string_view name) {
  uint64_t hash = 0xcbf29ce484222325;
  for (char character : name) {
    hash ^= static_cast<uint8_t>(character);
    hash *= 0x100000001b3;
  }
  return hash;
}

PhiloxBlock randomBlock(uint64_t seed, uint64_t stream, uint64_t block) {
  return philox(seed, {static_cast<uint32_t>(stream), static_cast<uint32_t>(stream >> 32),
                       static_cast<uint32_t>(block), static_cast<uint32_t>(block >> 32)});
}

uint32_t RandomStream::nextWord() {
  if (position % 4 == 0)
    block = randomBlock(seed, stream, position / 4);
  return block[position++ % 4];
}

uint64_t RandomStream::nextWord64() {
  uint64_t low = nextWord();
  return low | (uint64_t{nextWord()} << 32);
}

uint64_t RandomStream::nextBelow(uint64_t bound) {
  unsigned __int128 product = static_cast<unsigned __int128>(nextWord64()) * bound;
  if (static_cast<uint64_t>(product) < bound) {
    uint64_t threshold = -bound % bound;
    while (static_cast<uint64_t>(product) < threshold)
      product = static_cast<unsigned __int128>(nextWord64()) * bound;
  }
  return static_cast<uint64_t>(product >> 64);
}

double uniformFromWord(uint32_t word) { return (word >> 8) * 0x1p-24; }

// The three rational approximations of AS 241 (PPND16): numerator, denominator, lowest power first.
static constexpr double central[2][8] = {
    {3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3,
     1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
     3.3430575583588128105e+4, 2.5090809287301226727e+3},
    {1.0, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
     2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4,
     5.2264952788528545610e+3}};
static constexpr double middle[2][8] = {
    {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
     3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
     2.27238449892691845833e-2, 7.74545014278341407640e-4},
    {1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
     1.05075007164441684324e-9}};
static constexpr double tail[2][8] = {
    {6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
     2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
     2.71155556874348757815e-5, 2.01033439929228813265e-7},
    {1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
     2.04426310338993978564e-15}};

static double ratio(const double (&terms)[2][8], double x) {
  double numerator = terms[0][7], denominator = terms[1][7];
  for (int i = 6; i >= 0; --i) {
    numerator = numerator * x + terms[0][i];
    denominator = denominator * x + terms[1][i];
  }
  return numerator / denominator;
}

double inverseNormal(double p) {
  double q = p - 0.5;
  if (std::fabs(q) <= 0.425)
    return q * ratio(central, 0.180625 - q * q);
  double r = std::sqrt(-std::log(q < 0 ? p : 1 - p));
  double value = r <= 5 ? ratio(middle, r - 1.6) : ratio(tail, r - 5);
  return q < 0 ? -value : value;
}

// The middle of the word's interval: never 0 or 1.
static double openUniform(uint32_t word) { return (word + 0.5) * 0x1p-32; }

double normalFromWord(uint32_t word) { return inverseNormal(openUniform(word)); }

double truncatedNormalFromWord(uint32_t word) {
  constexpr double below = 0.022750131948179207; // the normal distribution function at -2
  return inverseNormal(below + openUniform(word) * (1 - 2 * below));
}

} // namespace weft::rt
