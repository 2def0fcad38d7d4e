"""Writes the golden .npz files of this folder and what numpy reads from them (numpy 2.4)."""

import json

import numpy as np

generator = np.random.default_rng(20)
images = generator.integers(0, 256, (6, 3, 2, 3), dtype=np.uint8)
labels = np.array([2, 0, 1, 1, 0, 2], dtype=np.int64)
names = np.array(["apple", "böhm", "桜🌸"])
np.savez_compressed("task.npz", images=images, labels=labels, class_names=names)

numbers = {}
for code in ["u1", "i1", "<u2", ">i2", "<u4", ">i4", "<u8", ">i8", "<f4", ">f4", "<f8", ">f8"]:
    values = generator.normal(0, 50, (2, 3, 4))
    values = np.abs(values) if "u" in code else values
    order = "F" if code.startswith(">") else "C"
    numbers[code.replace("<", "little_").replace(">", "big_")] = np.asarray(values.astype(code), order=order)
numbers["text_fortran"] = np.asfortranarray(np.array([["a", "bc"], ["", "déf"]]))
numbers["text_big"] = np.array(["x", "ÿ🌸"]).astype(">U3")
numbers["scalar"] = np.array(7, dtype=np.int32)
numbers["empty"] = np.zeros((0, 3), dtype=np.float32)
np.savez("arrays.npz", **numbers)

centres = generator.normal(0, 1, (3, 5))
np.savez("centres.npz", centres=centres, class_names=names)
np.savez("objects.npz", images=np.array([{"a": 1}, None], dtype=object), labels=np.array([0, 1]))


def plain(array):
    return {"shape": list(array.shape), "values": array.ravel(order="C").tolist()}


with open("expected.json", "w") as file:
    golden = {
        "task": {"images": plain(images), "labels": plain(labels), "class_names": plain(names)},
        "arrays": {name: plain(array) for name, array in numbers.items()},
        "centres": plain(centres.astype(np.float32)),
    }
    json.dump(golden, file)
