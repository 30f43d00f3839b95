// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parsing of sizes of named dimensions.
#include "weft/Transforms/DimensionBinding.h"
#include "dialects/Weft/Limits.h"
#include "llvm/ADT/APInt.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace weft;

// More sizes than this are a mistyped range; each is a copy of the model.
static constexpr size_t kMaxSizes = 1024;

static std::string describeSyntax(StringRef item) {
  return ("expected sizes of a dimension, such as seq=16:128:16, seq=16,32 or batch=64, got '" +
          item + "'")
      .str();
}

// A size or a range, appended to `sizes`; returns what is wrong with it in `item`, or nothing.
static std::string parseSizes(StringRef text, StringRef item, SmallVectorImpl<int64_t> &sizes) {
  SmallVector<StringRef> parts;
  text.split(parts, ':');
  SmallVector<int64_t> numbers;
  for (StringRef part : parts) {
    APInt number; // of any width: how many digits there are is not a matter of syntax
    if (part.trim().getAsInteger(10, number))
      return describeSyntax(item);
    if (number.getActiveBits() > 63 || number.getZExtValue() < 1 ||
        number.getZExtValue() > static_cast<uint64_t>(kMaxRows))
      return ("expected sizes from 1 to " + Twine(kMaxRows) + ", got '" + part.trim() + "'").str();
    numbers.push_back(number.getZExtValue());
  }
  if (numbers.size() > 3 || (numbers.size() > 1 && numbers[1] < numbers[0]))
    return describeSyntax(item);
  int64_t last = numbers.size() == 1 ? numbers[0] : numbers[1];
  int64_t step = numbers.size() == 3 ? numbers[2] : 1;
  for (int64_t size = numbers[0]; size <= last; size += step) {
    if (sizes.size() == kMaxSizes)
      return ("expected at most " + Twine(kMaxSizes) + " sizes of a dimension, got '" + item + "'")
          .str();
    sizes.push_back(size);
  }
  return {};
}

// Each dimension with a partner has as many sizes, and the partner none itself.
static LogicalResult checkPartners(ArrayRef<DimensionBinding> bindings, std::string &error) {
  for (const DimensionBinding &binding : bindings) {
    if (binding.partner.empty())
      continue;
    const auto *partner = find_if(bindings, [&](const DimensionBinding &other) {
      return other.name == binding.partner && other.partner.empty();
    });
    if (partner != bindings.end() && partner->sizes.size() == binding.sizes.size())
      continue;
    error =
        "expected as many sizes for '" + binding.name + "' as for '" + binding.partner + "', " +
        (partner == bindings.end() ? "which has none"
                                   : "got " + std::to_string(binding.sizes.size()) +
                                         " instead of " + std::to_string(partner->sizes.size()));
    return failure();
  }
  return success();
}

FailureOr<SmallVector<DimensionBinding>> weft::parseDimensionBindings(ArrayRef<std::string> items,
                                                                      std::string &error) {
  SmallVector<DimensionBinding> bindings;
  for (StringRef item : items) {
    SmallVector<StringRef> parts;
    item.split(parts, ',');
    for (StringRef part : parts) {
      auto [name, sizes] = part.split('=');
      bool lacksPartner = false;
      if (part.contains('=')) {
        lacksPartner = name.rtrim().ends_with('@');
        StringRef partner;
        std::tie(name, partner) = name.split('@');
        bool isRepeated = any_of(bindings, [&, name = name](const DimensionBinding &binding) {
          return binding.name == name.trim();
        });
        if (isRepeated) {
          error = ("expected one list of sizes per dimension, got a second one for '" +
                   name.trim() + "'")
                      .str();
          return failure();
        }
        bindings.push_back({name.trim().str(), {}, partner.trim().str()});
      } else {
        sizes = part;
      }
      bool isComplete = !bindings.empty() && !bindings.back().name.empty() && !lacksPartner;
      error = isComplete ? parseSizes(sizes, item, bindings.back().sizes) : describeSyntax(item);
      if (!error.empty())
        return failure();
    }
  }
  if (failed(checkPartners(bindings, error)))
    return failure();
  return bindings;
}
