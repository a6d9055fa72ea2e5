"""Does what train.c does, with nothing but Python. Usage: train.py LIBRARY FILE"""
import ctypes as c
import struct
import sys

POINTS, STEPS, FLOAT = 16, 200, 32
TEXT = (b"clipByGlobalNorm(maximum=1) then "
        b"adamW(learningRate=warmupCosine(peak=0.1, warmupSteps=10, totalSteps=200))")


class Error(c.Structure):
    _fields_ = [("code", c.c_int32), ("text", c.c_char * 1020)]


class Leaf(c.Structure):
    _fields_ = [("name", c.c_char_p), ("shape", c.POINTER(c.c_int64)), ("rank", c.c_int32),
                ("parameters", c.c_void_p), ("gradients", c.c_void_p), ("length", c.c_int64)]


class Optimizer:
    """An optimizer over arrays of c_float, by name: (parameters, gradients)."""

    def __init__(self, library, text, arrays):
        self.library, self.handle, self.arrays = library, c.c_uint64(), arrays
        self.call("fo_create", text, c.byref(self.handle))
        leaves = (Leaf * len(arrays))(*(
            Leaf(name.encode(), (c.c_int64 * 1)(len(p)), 1, c.addressof(p), c.addressof(g), len(p))
            for name, (p, g) in arrays.items()))
        self.call("fo_bind", self.handle, FLOAT, leaves, c.c_int64(len(arrays)))

    def call(self, name, *arguments):
        error = Error()
        if getattr(self.library, name)(*arguments, c.byref(error)) != 0:
            raise RuntimeError(error.text.decode())

    def step(self):
        self.call("fo_step", self.handle)

    def steps(self):
        steps = c.c_int64()
        self.call("fo_steps", self.handle, c.byref(steps))
        return steps.value

    def save(self, path):
        self.call("fo_save", self.handle, path.encode())

    def load(self, path):
        self.call("fo_load", self.handle, path.encode())

    def close(self):
        self.call("fo_free", self.handle)


weights, weights_gradient = (c.c_float * 2)(), (c.c_float * 2)()
bias, bias_gradient = (c.c_float * 1)(), (c.c_float * 1)()
ARRAYS = {"weights": (weights, weights_gradient), "bias": (bias, bias_gradient)}


def loss():
    """The mean square of the errors; its gradient goes where the optimizer reads it."""
    total, gradient = 0.0, [0.0, 0.0, 0.0]
    for point in range(POINTS):
        a, b = (point % 4 - 1.5) / 2, (point // 4 - 1.5) / 2
        y = 2 * a - b + 0.5
        error = weights[0] * a + weights[1] * b + bias[0] - y
        total += error * error
        gradient[0] += error * a
        gradient[1] += error * b
        gradient[2] += error
    weights_gradient[:] = [gradient[0] * 2 / POINTS, gradient[1] * 2 / POINTS]
    bias_gradient[0] = gradient[2] * 2 / POINTS
    return total / POINTS


library, path = c.CDLL(sys.argv[1]), sys.argv[2]
adamw = Optimizer(library, TEXT, ARRAYS)
for step in range(1, STEPS + 1):
    value = loss()
    if step % 50 == 1:
        print(f"step {step}: loss {value:.9f}")
    adamw.step()
    if step == STEPS // 2:  # another optimizer goes on from the file, as another process would
        adamw.save(path)
        adamw.close()
        weights[:], bias[0] = [0, 0], 0
        adamw = Optimizer(library, TEXT, ARRAYS)
        adamw.load(path)
print(f"after {adamw.steps()} steps: loss {loss():.9f}")
bits = struct.unpack("3I", bytes(weights) + bytes(bias))
print("bits of the parameters: " + " ".join(f"{each:08x}" for each in bits))
adamw.close()
