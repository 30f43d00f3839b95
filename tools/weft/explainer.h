// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs of a module's entry @explain. Rows are queued by the bucket that fits them and run when a
// batch is full, whatever text, alpha or target each has.
#ifndef WEFT_TOOLS_WEFT_EXPLAINER_H
#define WEFT_TOOLS_WEFT_EXPLAINER_H

#include "module/session.h"
#include "text/tokenizer.h"

#include <functional>
#include <optional>

namespace weft::tool {

// A text whose word embeddings are multiplied by alpha, and the logit that is asked about.
struct ExplainRow {
  const rt::Encoding *text = nullptr;
  float alpha = 1;
  int32_t target = 0, position = 0;
};

// What comes of a row: logits of all classes (at all places of the bucket, if the model judges
// tokens), and for each token of the text its product of gradient and embedding.
using ReceiveRow =
    std::function<void(std::span<const float> logits, std::span<const float> attributions)>;

class Explainer {
public:
  // Fails if the module has no entry @explain, or one that takes or gives something else.
  static rt::Result<Explainer> create(rt::Session &session, int64_t batchSize,
                                      const std::string &module);

  // Whether targets stand at a position.
  bool judgesTokens() const { return takesPosition; }
  int64_t classes() const { return classCount; }

  // Queues a row; `receive` is called when it has run, by now or by the end of `flush`. The text
  // must live until then.
  rt::Status add(const ExplainRow &row, ReceiveRow receive);
  rt::Status flush();

private:
  struct Bucket {
    uint32_t index = 0;
    int64_t length = 0;
    std::vector<std::pair<ExplainRow, ReceiveRow>> queue;
  };
  Explainer(rt::Session &session, int64_t batchSize)
      : session(&session), batchSize(batchSize), scalars(session.module().defaultScalars()) {}
  rt::Status checkInputs(const std::string &module);
  rt::Status run(Bucket &bucket);
  void fill(const Bucket &bucket, const std::string &name, uint8_t *target) const;

  rt::Session *session;
  int64_t batchSize;
  rt::Scalars scalars;
  uint32_t entry = 0;
  bool takesPosition = false;
  int64_t classCount = 0;
  std::vector<Bucket> buckets; // by length
};

} // namespace weft::tool

#endif
