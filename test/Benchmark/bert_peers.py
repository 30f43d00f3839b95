# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The same fine-tuning step of BERT in Weft (its C API, in this process), PyTorch and JAX. A
# contender is a callable: one step on the batch that it was made with; it returns the loss as a
# Python float. As a program, serves one contender to bert.py:
#   bert_peers.py KIND PROBLEM      PROBLEM: JSON, see make_problem in bert.py
import ctypes
import json
import os
import re
import sys
import time

import numpy as np

from mlp_peers import SessionOptions, aligned_copy

LEARNING_RATE, WEIGHT_DECAY, MAX_NORM = 5e-5, 0.01, 1.0
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8
LABELS = 2


def decays(name):
    return not (name.endswith("bias") or "LayerNorm" in name)


def parameter_shapes(configuration):
    """Names and shapes as Transformers has them."""
    width, inner = configuration["hidden_size"], configuration["intermediate_size"]
    shapes = {}

    def linear(name, out, into):
        shapes[f"{name}.weight"], shapes[f"{name}.bias"] = (out, into), (out,)

    def norm(name):
        shapes[f"{name}.LayerNorm.weight"] = shapes[f"{name}.LayerNorm.bias"] = (width,)

    for kind, rows in (("word", "vocab_size"), ("position", "max_position_embeddings"),
                       ("token_type", "type_vocab_size")):
        shapes[f"bert.embeddings.{kind}_embeddings.weight"] = (configuration[rows], width)
    norm("bert.embeddings")
    for index in range(configuration["num_hidden_layers"]):
        layer = f"bert.encoder.layer.{index}"
        for part in ("query", "key", "value"):
            linear(f"{layer}.attention.self.{part}", width, width)
        linear(f"{layer}.attention.output.dense", width, width)
        norm(f"{layer}.attention.output")
        linear(f"{layer}.intermediate.dense", inner, width)
        linear(f"{layer}.output.dense", width, inner)
        norm(f"{layer}.output")
    linear("bert.pooler.dense", width, width)
    linear("classifier", LABELS, width)
    return shapes


def draw_weights(configuration):
    """Pairs of name and value, the same in every process, one at a time."""
    random = np.random.default_rng(0)
    for name, shape in parameter_shapes(configuration).items():
        if name.endswith("LayerNorm.weight"):
            yield name, np.ones(shape, np.float32)
        elif name.endswith("bias"):
            yield name, np.zeros(shape, np.float32)
        else:
            value = random.standard_normal(shape, dtype=np.float32)
            value *= np.float32(configuration["initializer_range"])
            yield name, value


def draw_batch(problem):
    """input_ids, token_type_ids, attention_mask and labels, int32."""
    random = np.random.default_rng(1)
    batch, sequence = problem["batch"], problem["sequence"]
    vocabulary = problem["configuration"]["vocab_size"]
    ids = random.integers(min(1000, vocabulary // 2), vocabulary, (batch, sequence))
    lengths = np.full(batch, sequence)
    if problem["padding"]:
        lengths = random.integers(sequence // 8, sequence + 1, batch)
    mask = np.arange(sequence) < lengths[:, None]
    ids = np.where(mask, ids, problem["configuration"]["pad_token_id"])
    arrays = ids, np.zeros_like(ids), mask, random.integers(0, LABELS, batch)
    return tuple(array.astype(np.int32) for array in arrays)


# --- Weft -----------------------------------------------------------------------------------------


class TrainerOptions(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("learning_rate", ctypes.c_double),
                ("lr_scheduler_type", ctypes.c_char_p), ("warmup_steps", ctypes.c_int64),
                ("max_steps", ctypes.c_int64), ("seed", ctypes.c_uint64),
                ("bucket", ctypes.c_size_t)]


class Weft:
    """A trainer of libweft's C API."""

    NUMBERS = {2: WEIGHT_DECAY, 5: BETA1, 6: BETA2, 7: EPSILON, 10: MAX_NORM}  # by WEFT_SCALAR_...
    note = ""

    def __init__(self, problem):
        self.api = ctypes.CDLL(problem["library"])
        self.api.weft_last_error_message.restype = ctypes.c_char_p
        module, session = ctypes.c_void_p(), ctypes.c_void_p()
        self.trainer, self.loss = ctypes.c_void_p(), ctypes.c_double()
        self.check(self.api.weft_module_load(os.fsencode(problem["module"]), ctypes.byref(module)))
        options = SessionOptions(ctypes.sizeof(SessionOptions), b"cpu", problem["threads"], 0,
                                 problem["batch"], None)
        self.check(self.api.weft_session_create(module, ctypes.byref(options),
                                                ctypes.byref(session)))
        for name, value in draw_weights(problem["configuration"]):
            self.check(self.api.weft_session_write_variable(
                session, name.encode(), value.ctypes.data_as(ctypes.c_void_p),
                ctypes.c_size_t(value.nbytes)))
        options = TrainerOptions(ctypes.sizeof(TrainerOptions), LEARNING_RATE)
        self.check(self.api.weft_trainer_create(session, ctypes.byref(options),
                                                ctypes.byref(self.trainer)))
        for role, value in self.NUMBERS.items():
            self.check(self.api.weft_trainer_set_number(self.trainer, role,
                                                        ctypes.c_double(value)))
        self.api.weft_session_release(session)
        self.api.weft_module_release(module)
        self.batch = [aligned_copy(array) for array in draw_batch(problem)]
        self.inputs = (ctypes.c_void_p * 4)(*(array.ctypes.data for array in self.batch))
        self.rows = ctypes.c_int64(problem["batch"])

    def check(self, status):
        if status:
            raise RuntimeError(self.api.weft_last_error_message().decode())

    def __call__(self):
        self.check(self.api.weft_trainer_train_step(
            self.trainer, self.inputs, ctypes.c_size_t(4), self.rows, ctypes.byref(self.loss)))
        return self.loss.value


# --- PyTorch --------------------------------------------------------------------------------------


class Torch:
    """Transformers' model, as it is or compiled; gradients, clipping and AdamW by PyTorch."""

    def __init__(self, problem, compiled=False):
        import torch
        self.torch = torch
        torch.set_num_threads(problem["threads"])
        torch.manual_seed(0)
        self.model = self.make_model(problem["configuration"])
        ids, types, mask, labels = (torch.from_numpy(array.astype(np.int64))
                                    for array in draw_batch(problem))
        self.batch = {"input_ids": ids, "token_type_ids": types, "attention_mask": mask,
                      "labels": labels}
        self.forward = torch.compile(self.model, dynamic=False) if compiled else self.model
        self.optimizer, self.note = self.choose_optimizer()

    def make_model(self, configuration):
        import transformers
        settings = {key: value for key, value in configuration.items() if key != "model_type"}
        model = transformers.BertForSequenceClassification(
            transformers.BertConfig(num_labels=LABELS, **settings))
        with self.torch.no_grad():
            parameters = dict(model.named_parameters())
            for name, value in draw_weights(configuration):
                parameters.pop(name).copy_(self.torch.from_numpy(value))
        if parameters:
            raise RuntimeError(f"expected no other parameters, found {', '.join(parameters)}")
        return model.train()

    def make_optimizer(self, rate, **kind):
        named = list(self.model.named_parameters())
        groups = [{"params": [value for name, value in named if decays(name) == decay],
                   "weight_decay": WEIGHT_DECAY if decay else 0.0} for decay in (True, False)]
        return self.torch.optim.AdamW(groups, lr=rate, betas=(BETA1, BETA2), eps=EPSILON, **kind)

    def choose_optimizer(self):
        """The faster one of two; at rate 0 they leave the weights as they are."""
        self.forward(**self.batch).loss.backward()
        taken = {}
        for kind in ("fused", "foreach"):
            optimizer = self.make_optimizer(0.0, **{kind: True})
            optimizer.step()
            begin = time.perf_counter()
            for _ in range(3):
                optimizer.step()
            taken[kind] = (time.perf_counter() - begin) / 3
        best = min(taken, key=taken.get)
        times = ", ".join(f"{kind} {seconds * 1e3:.0f} ms" for kind, seconds in taken.items())
        return self.make_optimizer(LEARNING_RATE, **{best: True}), f"{best} AdamW ({times})"

    def __call__(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.forward(**self.batch).loss
        loss.backward()
        self.torch.nn.utils.clip_grad_norm_(self.model.parameters(), MAX_NORM)
        self.optimizer.step()
        return loss.item()


class TorchWhole(Torch):
    """Loss, gradients, clipping and AdamW as one compiled function of the parameters."""

    def choose_optimizer(self):
        torch = self.torch
        self.parameters = {name: value.detach() for name, value in self.model.named_parameters()}
        self.means, self.squares = ({name: torch.zeros_like(value)
                                     for name, value in self.parameters.items()}
                                    for _ in range(2))
        self.count = torch.zeros(())
        self.train = torch.compile(self.train_step, dynamic=False)
        return None, ""

    def compute_loss(self, parameters, batch):
        return self.torch.func.functional_call(self.model, parameters, kwargs=batch).loss

    def train_step(self, parameters, means, squares, count, batch):
        torch = self.torch
        gradients, loss = torch.func.grad_and_value(self.compute_loss)(parameters, batch)
        norm = torch.sqrt(sum((gradient * gradient).sum() for gradient in gradients.values()))
        scale = torch.clamp(MAX_NORM / (norm + 1e-6), max=1.0)
        count += 1
        rate = LEARNING_RATE / (1 - BETA1**count)
        root = torch.sqrt(1 - BETA2**count)
        for name, parameter in parameters.items():
            gradient, mean, square = gradients[name] * scale, means[name], squares[name]
            mean.lerp_(gradient, 1 - BETA1)
            square.mul_(BETA2).addcmul_(gradient, gradient, value=1 - BETA2)
            if decays(name):
                parameter.mul_(1 - LEARNING_RATE * WEIGHT_DECAY)
            parameter.sub_(rate * mean / (square.sqrt() / root + EPSILON))
        return loss

    def __call__(self):
        with self.torch.no_grad():
            return self.train(self.parameters, self.means, self.squares, self.count,
                              self.batch).item()


# --- JAX ------------------------------------------------------------------------------------------


class Jax:
    """BERT as a function of a dictionary of arrays, the whole step in one jax.jit."""

    note = ""

    def __init__(self, problem):
        import jax
        self.jax, self.configuration = jax, problem["configuration"]
        # Matrices are [in, out] here, as JAX's users keep them; tables are as they were.
        self.parameters = {
            name: jax.numpy.array(value.T if value.ndim == 2 and "embeddings" not in name
                                  else value)
            for name, value in draw_weights(self.configuration)}
        zeros = jax.tree.map(jax.numpy.zeros_like, self.parameters)
        self.state = zeros, jax.tree.map(jax.numpy.zeros_like, self.parameters)
        self.batch = tuple(jax.numpy.array(array) for array in draw_batch(problem))
        self.key, self.count = jax.random.key(0, impl="rbg"), 0
        self.train = jax.jit(self.train_step, donate_argnums=(0, 1))

    def dropout(self, x, rate, keys):
        if rate == 0:
            return x
        keep = self.jax.random.bernoulli(next(keys), 1 - rate, x.shape)
        return self.jax.numpy.where(keep, x / (1 - rate), 0)

    def hidden_dropout(self, x, keys):
        return self.dropout(x, self.configuration["hidden_dropout_prob"], keys)

    def norm(self, p, name, x):
        x = x - x.mean(-1, keepdims=True)
        scale = self.jax.lax.rsqrt((x * x).mean(-1, keepdims=True)
                                   + self.configuration["layer_norm_eps"])
        return x * scale * p[f"{name}.LayerNorm.weight"] + p[f"{name}.LayerNorm.bias"]

    @staticmethod
    def linear(p, name, x):
        return x @ p[f"{name}.weight"] + p[f"{name}.bias"]

    def attention(self, p, name, x, bias, keys):
        jnp, heads = self.jax.numpy, self.configuration["num_attention_heads"]
        batch, sequence, width = x.shape

        def split(part):
            y = self.linear(p, f"{name}.{part}", x)
            return y.reshape(batch, sequence, heads, width // heads).transpose(0, 2, 1, 3)

        query, key, value = split("query"), split("key"), split("value")
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32((width // heads)**0.5) + bias
        shares = self.dropout(self.jax.nn.softmax(scores),
                              self.configuration["attention_probs_dropout_prob"], keys)
        return (shares @ value).transpose(0, 2, 1, 3).reshape(batch, sequence, width)

    def encode(self, p, ids, types, mask, keys):
        jnp, tables = self.jax.numpy, "bert.embeddings"
        x = (p[f"{tables}.word_embeddings.weight"][ids]
             + p[f"{tables}.position_embeddings.weight"][:ids.shape[1]]
             + p[f"{tables}.token_type_embeddings.weight"][types])
        x = self.hidden_dropout(self.norm(p, tables, x), keys)
        bias = jnp.where(mask == 0, jnp.finfo(jnp.float32).min, 0)[:, None, None, :]
        for index in range(self.configuration["num_hidden_layers"]):
            layer = f"bert.encoder.layer.{index}"
            y = self.attention(p, f"{layer}.attention.self", x, bias, keys)
            y = self.linear(p, f"{layer}.attention.output.dense", y)
            x = self.norm(p, f"{layer}.attention.output", x + self.hidden_dropout(y, keys))
            y = self.linear(p, f"{layer}.intermediate.dense", x)
            y = self.linear(p, f"{layer}.output.dense", self.jax.nn.gelu(y, approximate=False))
            x = self.norm(p, f"{layer}.output", x + self.hidden_dropout(y, keys))
        return x

    def compute_loss(self, p, batch, key):
        ids, types, mask, labels = batch
        keys = iter(self.jax.random.split(key, 2 + 3 * self.configuration["num_hidden_layers"]))
        first = self.encode(p, ids, types, mask, keys)[:, 0]
        pooled = self.jax.numpy.tanh(self.linear(p, "bert.pooler.dense", first))
        logits = self.linear(p, "classifier", self.hidden_dropout(pooled, keys))
        rows = self.jax.nn.log_softmax(logits)
        return -self.jax.numpy.take_along_axis(rows, labels[:, None], axis=1).mean()

    def train_step(self, p, state, batch, key, count):
        jax, jnp = self.jax, self.jax.numpy
        loss, gradients = jax.value_and_grad(self.compute_loss)(p, batch, key)
        norm = jnp.sqrt(sum((gradient**2).sum() for gradient in gradients.values()))
        scale = jnp.minimum(1.0, MAX_NORM / (norm + 1e-6))
        means, squares, updated = {}, {}, {}
        for name, gradient in gradients.items():
            gradient = gradient * scale
            means[name] = BETA1 * state[0][name] + (1 - BETA1) * gradient
            squares[name] = BETA2 * state[1][name] + (1 - BETA2) * gradient * gradient
            step = (means[name] / (1 - BETA1**count)
                    / (jnp.sqrt(squares[name] / (1 - BETA2**count)) + EPSILON))
            kept = 1 - LEARNING_RATE * WEIGHT_DECAY if decays(name) else 1.0
            updated[name] = kept * p[name] - LEARNING_RATE * step
        return updated, (means, squares), loss

    def __call__(self):
        self.count += 1
        self.parameters, self.state, loss = self.train(
            self.parameters, self.state, self.batch,
            self.jax.random.fold_in(self.key, self.count), np.float32(self.count))
        return float(loss)


# --- The program ----------------------------------------------------------------------------------

CONTENDERS = {
    "weft": Weft,
    "eager": Torch,
    "compile": lambda problem: Torch(problem, compiled=True),
    "whole": TorchWhole,
    "jax": Jax,
}


def run(step, count):
    times, losses = [], []
    for _ in range(count):
        begin = time.perf_counter()
        losses.append(step())
        times.append(time.perf_counter() - begin)
    return {"times": times, "losses": losses}


def reset_peak():
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    return {}


def read_peak():
    with open("/proc/self/status") as file:
        return {"peak": int(re.search(r"VmHWM:\s+(\d+) kB", file.read())[1]) << 10}


def main():
    # Libraries may print; what they say goes to the log.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(value):
        print(json.dumps(value), file=answers, flush=True)

    step = CONTENDERS[sys.argv[1]](json.loads(sys.argv[2]))
    answer({"note": step.note})
    for line in sys.stdin:
        question = json.loads(line)
        if "run" in question:
            answer(run(step, question["run"]))
        elif "reset" in question:
            answer(reset_peak())
        else:
            answer(read_peak())


if __name__ == "__main__":
    main()
