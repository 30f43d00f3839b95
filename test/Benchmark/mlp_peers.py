# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The same training step in Weft (its C API, in this process), PyTorch and JAX. A contender is a
# callable: one step on the batch that it was made with, forward, backward and SGD update; it
# returns the loss as a Python float.
import ctypes
import os

import numpy as np

LEARNING_RATE = 0.01
PARAMETERS = ("fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias")


def problem(batch):
    """Weights as nn.Linear draws them, and one batch."""
    random = np.random.default_rng(0)

    def uniform(bound, *shape):
        return random.uniform(-bound, bound, shape).astype(np.float32)

    weights = (uniform(784**-0.5, 128, 784), uniform(784**-0.5, 128),
               uniform(128**-0.5, 10, 128), uniform(128**-0.5, 10))
    x = random.random((batch, 784), dtype=np.float32)
    labels = random.integers(0, 10, batch, dtype=np.int64)
    return weights, x, labels


class Scalar(ctypes.Structure):
    _fields_ = [("role", ctypes.c_int32), ("real", ctypes.c_double), ("integer", ctypes.c_int64)]


class Run(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("entry", ctypes.c_size_t),
                ("bucket", ctypes.c_size_t), ("rows", ctypes.c_int64),
                ("inputs", ctypes.POINTER(ctypes.c_void_p)), ("input_count", ctypes.c_size_t),
                ("scalars", ctypes.POINTER(Scalar)), ("scalar_count", ctypes.c_size_t),
                ("outputs", ctypes.POINTER(ctypes.c_void_p)), ("output_count", ctypes.c_size_t)]


class SessionOptions(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("device", ctypes.c_char_p),
                ("num_threads", ctypes.c_int32), ("spin_microseconds", ctypes.c_int32),
                ("max_rows", ctypes.c_int64), ("allocator", ctypes.c_void_p)]


def aligned_copy(array):
    """A copy at a multiple of 64 bytes, which is used without another."""
    memory = np.empty(array.nbytes + 64, np.uint8)
    begin = -memory.ctypes.data % 64
    copy = memory[begin:begin + array.nbytes].view(array.dtype).reshape(array.shape)
    copy[...] = array
    return copy


class Weft:
    """A module's train_step through libweft's C API."""

    LEARNING_RATE_ROLE = 1

    def __init__(self, library, module, threads, weights, x, labels):
        self.api = ctypes.CDLL(library)
        self.api.weft_last_error_message.restype = ctypes.c_char_p
        loaded, self.session = ctypes.c_void_p(), ctypes.c_void_p()
        self.check(self.api.weft_module_load(os.fsencode(module), ctypes.byref(loaded)))
        options = SessionOptions(ctypes.sizeof(SessionOptions), b"cpu", threads, 0, len(x), None)
        self.check(self.api.weft_session_create(loaded, ctypes.byref(options),
                                                ctypes.byref(self.session)))
        for name, value in zip(PARAMETERS, weights):
            self.check(self.api.weft_session_write_variable(
                self.session, name.encode(), value.ctypes.data_as(ctypes.c_void_p),
                ctypes.c_size_t(value.nbytes)))
        entry = ctypes.c_size_t()
        self.check(self.api.weft_module_find_entry(loaded, b"train_step", ctypes.byref(entry)))
        self.api.weft_module_release(loaded)
        self.x, self.labels = aligned_copy(x), aligned_copy(labels)
        self.loss = (ctypes.c_float * 2)()
        address = ctypes.addressof(self.loss)
        self.inputs = (ctypes.c_void_p * 2)(self.x.ctypes.data, self.labels.ctypes.data)
        self.outputs = (ctypes.c_void_p * 2)(address, address + 4)
        self.scalars = (Scalar * 1)(Scalar(self.LEARNING_RATE_ROLE, LEARNING_RATE, 0))
        self.call = Run(ctypes.sizeof(Run), entry.value, 0, len(x), self.inputs, 2, self.scalars,
                        1, self.outputs, 2)
        self.run, self.reference = self.api.weft_session_run, ctypes.byref(self.call)

    def check(self, status):
        if status:
            raise RuntimeError(self.api.weft_last_error_message().decode())

    def __call__(self):
        self.check(self.run(self.session, self.reference))
        return self.loss[0] / self.loss[1]


def torch_model(weights):
    import torch
    model = torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.ReLU(),
                                torch.nn.Linear(128, 10))
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), weights):
            parameter.copy_(torch.from_numpy(value))
    return model


def torch_eager(weights, x, labels):
    import torch
    model = torch_model(weights)
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE)
    x, labels = torch.from_numpy(x.copy()), torch.from_numpy(labels.copy())

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(model(x), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def torch_compiled(weights, x, labels):
    """Forward and backward compiled together, the optimizer's step too."""
    import torch
    model = torch_model(weights)
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE)
    x, labels = torch.from_numpy(x.copy()), torch.from_numpy(labels.copy())

    @torch.compile(dynamic=False)
    def compute_loss(x, labels):
        return torch.nn.functional.cross_entropy(model(x), labels)

    update = torch.compile(optimizer.step, dynamic=False)

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = compute_loss(x, labels)
        loss.backward()
        update()
        return loss.item()

    return step


def torch_compiled_whole(weights, x, labels):
    """Loss, gradients and update as one compiled function of the parameters."""
    import torch
    parameters = [torch.from_numpy(value.copy()) for value in weights]
    x, labels = torch.from_numpy(x.copy()), torch.from_numpy(labels.copy())

    def compute_loss(parameters, x, labels):
        w1, b1, w2, b2 = parameters
        hidden = torch.relu(torch.nn.functional.linear(x, w1, b1))
        return torch.nn.functional.cross_entropy(
            torch.nn.functional.linear(hidden, w2, b2), labels)

    @torch.compile(dynamic=False)
    def train(parameters, x, labels):
        gradients, loss = torch.func.grad_and_value(compute_loss)(parameters, x, labels)
        for parameter, gradient in zip(parameters, gradients):
            parameter.sub_(gradient, alpha=LEARNING_RATE)
        return loss

    def step():
        with torch.no_grad():
            return train(parameters, x, labels).item()

    return step


def jax_jit(weights, x, labels):
    import functools

    import jax
    import jax.numpy as jnp

    def compute_loss(parameters, x, labels):
        w1, b1, w2, b2 = parameters
        logits = jax.nn.relu(x @ w1 + b1) @ w2 + b2
        rows = jax.nn.log_softmax(logits)
        return -jnp.take_along_axis(rows, labels[:, None], axis=1).mean()

    @functools.partial(jax.jit, donate_argnums=0)
    def train(parameters, x, labels):
        loss, gradients = jax.value_and_grad(compute_loss)(parameters, x, labels)
        return jax.tree.map(lambda p, g: p - LEARNING_RATE * g, parameters, gradients), loss

    # [in, out], as JAX's users keep weights.
    parameters = tuple(jnp.array(value.T) for value in weights)
    x, labels = jnp.array(x), jnp.array(labels.astype(np.int32))

    def step():
        nonlocal parameters
        parameters, loss = train(parameters, x, labels)
        return float(loss)

    return step


PEERS = {
    "PyTorch eager": torch_eager,
    "torch.compile": torch_compiled,
    "torch.compile, one function": torch_compiled_whole,
    "JAX": jax_jit,
}
