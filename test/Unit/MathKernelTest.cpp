// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions of compiled kernels against C's, computed in long double: over all exponents, both
// signs and the values at which functions change, on every level of processors, in whole vectors
// and in what is left over of one.
#include "KernelHarness.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace weft;
using namespace weft::test;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// What tells the two element types apart.
struct Format {
  const char *name;
  int digits, minExponent, maxExponent; // as of std::numeric_limits
  double largest, tiniest;

  double round(double x) const { return digits == 24 ? double(float(x)) : x; }
  /// The distance between numbers at `x`.
  long double placeAt(long double x) const {
    int exponent = x == 0 ? minExponent : std::max(std::ilogb(x) + 1, minExponent);
    return std::ldexp(1.0L, exponent - digits);
  }
};

template <typename T>
constexpr Format formatOf(const char *name) {
  using Limits = std::numeric_limits<T>;
  return {name,          Limits::digits,      Limits::min_exponent, Limits::max_exponent,
          Limits::max(), Limits::denorm_min()};
}
const Format kFormats[] = {formatOf<float>("f32"), formatOf<double>("f64")};

/// Units in the last place between a result and the exact value; large if one of them is no number.
double errorOf(const Format &format, long double exact, double actual) {
  if (std::isnan(exact) || std::isnan(actual))
    return std::isnan(exact) && std::isnan(actual) ? 0 : kInfinity;
  long double half = std::ldexp(0.5L, format.maxExponent - format.digits);
  bool overflows = std::fabs(exact) >= format.largest + half;
  if (overflows || std::isinf(actual)) {
    // Next to the largest number, both will do.
    bool isClose = std::fabs(exact) > format.largest * (1 - std::ldexp(1.0, 2 - format.digits));
    return isClose && std::signbit(exact) == std::signbit(actual) &&
                   (std::isinf(actual) || (std::fabs(exact) < format.largest + 8 * half &&
                                           std::fabs(actual) >= format.largest * 0.9999))
               ? 0
               : kInfinity;
  }
  if (exact == 0 && actual == 0)
    return std::signbit(exact) == std::signbit(actual) ? 0 : kInfinity;
  return std::fabs(actual - exact) / format.placeAt(exact);
}

/// All exponents and signs with a few mantissas each, and special values.
std::vector<double> makePoints(const Format &format, int perExponent) {
  std::vector<double> points = {0, 1, 2, 0.5, 1.5, kInfinity, kNaN, format.largest, format.tiniest};
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> mantissa(1, 2);
  for (int exponent = format.minExponent - format.digits; exponent < format.maxExponent; ++exponent)
    for (int i = 0; i < perExponent; ++i) {
      double m = i == 0 ? 1 : i == 1 ? 2 - std::ldexp(2.0, -format.digits) : mantissa(random);
      points.push_back(format.round(std::ldexp(m, exponent)));
    }
  // Next to multiples of pi / 2, and where exponentials end.
  for (double k : {1.0, 2.0, 3.0, 4.0, 11.0, 22.0, 355.0, 710.0, 100000.0, 1e6, 6381956970095103.0})
    for (double x : {k * 1.5707963267948966, k * 0.6931471805599453})
      for (double y : {x, std::nextafter(x, 0.0), std::nextafter(x, kInfinity)})
        points.push_back(format.round(y));
  // The f32 and f64 closest to a multiple of pi / 2, for their size.
  points.push_back(format.round(0x1.47d0fep34));
  points.push_back(format.round(0x1.6ac5b262ca1ffp849));
  for (double x :
       {16.0, 17.3, 87.0, 88.0, 88.7, 89.0, 103.0, 104.0, 708.0, 709.7, 710.0, 745.0, 746.0})
    points.push_back(format.round(x));
  for (size_t i = 0, count = points.size(); i < count; ++i)
    points.push_back(-points[i]);
  return points;
}

struct Function {
  const char *name;
  long double (*exact)(long double);
  double tolerance = 2;
  double low = -kInfinity; // below this, another definition holds
};

long double sigmoid(long double x) { return 1 / (1 + std::exp(-x)); }
long double rsqrt(long double x) { return 1 / std::sqrt(x); }

/// `op` of each row of operands, in vectors or, as the elements of operands are apart, one by one.
std::vector<double> apply(const std::string &op, const Format &format,
                          const std::vector<std::vector<double>> &operands, const char *cpu,
                          bool inVectors) {
  constexpr int64_t kColumns = 37;
  int64_t count = operands[0].size(), rows = (count + kColumns - 1) / kColumns;
  auto type = [&](int64_t first, int64_t second) {
    return "tensor<" + std::to_string(first) + "x" + std::to_string(second) + "x" + format.name +
           ">";
  };
  std::string from = inVectors ? type(rows, kColumns) : type(kColumns, rows);
  std::string to = type(rows, kColumns), arguments, body, names;
  for (size_t i = 0; i < operands.size(); ++i) {
    std::string name = std::to_string(i), comma = i ? ", " : "";
    arguments += comma + "%x" + name + ": " + from;
    names += comma + (inVectors ? "%x" : "%p") + name;
    if (!inVectors)
      body += "%p" + name + " = weft.permute %x" + name + " dims = [1, 0] : " + from + " -> " + to +
              "\n";
  }
  KernelHarness harness("func.func @f(" + arguments + ") -> " + to + " {\n" + body + "%y = weft." +
                            op + " " + names + " : " + to + "\nreturn %y : " + to + "\n}",
                        cpu);
  if (!harness.isValid())
    return {};
  std::vector<ReferenceTensor> tensors = harness.makeOperands(1, 1);
  for (size_t k = 0; k < operands.size(); ++k)
    for (int64_t i = 0; i < count; ++i)
      tensors[k].setFloat(inVectors ? i : i % kColumns * rows + i / kColumns, operands[k][i]);
  std::vector<double> results = harness.run(tensors, 1, 1, 1)[0].getFloats();
  results.resize(count);
  return results;
}

/// Whether both are the same number, or none.
bool isSame(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
}

class MathKernel : public testing::TestWithParam<std::tuple<Function, const char *>> {};

TEST_P(MathKernel, GivesCsValues) {
  auto [function, cpu] = GetParam();
  for (const Format &format : kFormats) {
    std::vector<double> points = makePoints(format, format.digits == 24 ? 48 : 12);
    std::vector<double> results = apply(function.name, format, {points}, cpu, /*inVectors=*/true);
    std::vector<double> alone = apply(function.name, format, {points}, cpu, /*inVectors=*/false);
    ASSERT_FALSE(results.empty() || alone.empty());
    for (size_t i = 0; i < points.size(); ++i) {
      ASSERT_TRUE(isSame(results[i], alone[i]))
          << format.name << " " << function.name << "(" << points[i] << ") = " << results[i]
          << " in a vector, " << alone[i] << " alone";
      if (points[i] >= function.low || std::isnan(points[i]))
        ASSERT_LE(errorOf(format, function.exact(points[i]), results[i]), function.tolerance)
            << format.name << " " << function.name << "(" << points[i] << ") = " << results[i]
            << " rather than " << double(function.exact(points[i]));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Functions, MathKernel,
    testing::Combine(testing::Values(Function{"exp", std::exp}, Function{"log", std::log},
                                     Function{"sqrt", std::sqrt}, Function{"rsqrt", rsqrt},
                                     Function{"tanh", std::tanh},
                                     Function{"sigmoid", sigmoid, 3, -87},
                                     Function{"erf", std::erf}, Function{"sin", std::sin},
                                     Function{"cos", std::cos}),
                     testing::Values("x86-64-v2", "native")),
    [](const auto &info) {
      std::string cpu = std::get<1>(info.param);
      return std::string(std::get<0>(info.param).name) + (cpu == "native" ? "Native" : "V2");
    });

//===--- Powers -------------------------------------------------------------===//

/// Bases and exponents: special ones with each other, and such that powers are of all sizes.
std::vector<std::pair<double, double>> makePowers(const Format &format) {
  std::vector<double> special = {0,   1,     2,          3,    4,  5,         0.5, 1.5,
                                 2.5, 1e-30, 16777217.0, 1e30, 10, kInfinity, kNaN};
  for (double x : {1 - std::ldexp(1.0, -format.digits), 1 + std::ldexp(2.0, -format.digits),
                   format.largest, format.tiniest, std::ldexp(1.0, format.minExponent - 1)})
    special.push_back(x);
  for (size_t i = 0, count = special.size(); i < count; ++i)
    special.push_back(-special[i]);
  std::vector<std::pair<double, double>> powers;
  for (double base : special)
    for (double exponent : special)
      powers.push_back({format.round(base), format.round(exponent)});
  std::mt19937_64 random(2);
  std::uniform_real_distribution<double> mantissa(1, 2), size(-1.05, 1.05);
  for (int exponent = format.minExponent - format.digits; exponent < format.maxExponent; ++exponent)
    for (int i = 0; i < 8; ++i) {
      double base = format.round(std::ldexp(mantissa(random), exponent));
      if (base != 1 && base != 0)
        powers.push_back({base, format.round(size(random) * format.maxExponent / std::log2(base))});
      // Near 1, where the exponent is large.
      base = format.round(1 + std::ldexp(mantissa(random) - 1.5, -i));
      if (base != 1)
        powers.push_back({base, format.round(size(random) * format.maxExponent / std::log2(base))});
    }
  return powers;
}

class PowerKernel : public testing::TestWithParam<const char *> {};

TEST_P(PowerKernel, GivesCsValues) {
  for (const Format &format : kFormats) {
    std::vector<double> bases, exponents;
    for (auto [base, exponent] : makePowers(format)) {
      bases.push_back(base);
      exponents.push_back(exponent);
    }
    std::vector<double> results = apply("pow", format, {bases, exponents}, GetParam(), true);
    std::vector<double> alone = apply("pow", format, {bases, exponents}, GetParam(), false);
    ASSERT_FALSE(results.empty() || alone.empty());
    for (size_t i = 0; i < bases.size(); ++i) {
      long double exact = std::pow(static_cast<long double>(bases[i]), exponents[i]);
      ASSERT_TRUE(isSame(results[i], alone[i]))
          << "pow(" << bases[i] << ", " << exponents[i] << ")";
      ASSERT_LE(errorOf(format, exact, results[i]), 2)
          << format.name << " pow(" << bases[i] << ", " << exponents[i] << ") = " << results[i]
          << " rather than " << double(exact);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Processors, PowerKernel, testing::Values("x86-64-v2", "native"),
                         [](const auto &info) {
                           return std::string(info.index == 0 ? "V2" : "Native");
                         });

} // namespace
