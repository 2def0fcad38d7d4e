# One training step in PyTorch, with the parameters and the batch that train-step.mjs wrote: as the authors' loop computes it
# (one attention over (PTM token, class rows) for each PTM in turn, the tasks of the batch together) and factored as in
# src/engine/training/fitness-graph.ts. A yardstick, never a part of the product. Prints losses and seconds of processor time
# a step as JSON.
import json
import sys
import time
from pathlib import Path

import torch
from torch.nn.functional import layer_norm, linear

folder, steps_factored, steps_loop = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(1)
case = json.loads((folder / "case.json").read_text())
given = {}
for name, (kind, shape) in case["arrays"].items():
    data = bytearray((folder / name).read_bytes())
    given[name] = torch.frombuffer(data, dtype=getattr(torch, kind)).reshape(shape)
parameters = {name: given.pop(name) for name in case["parameters"]}
width, epsilon = case["width"], case["layerNormEpsilon"]
rows_in, mask, order = given["taskTokens"], given["classMask"], given["order"].long()
batch, classes, _ = rows_in.shape


def head(p, attended):
    hidden = layer_norm(attended, [width], p["norm1Gain"], p["norm1Bias"], epsilon)
    normed = layer_norm(hidden, [width], p["norm2Gain"], p["norm2Bias"], epsilon)
    return linear(normed, p["headWeight"], p["headBias"]).squeeze(-1)


def factored(p):
    tokens = p["tokens"]
    rows = linear(rows_in, p["encoderWeight"], p["encoderBias"])
    reach = linear(tokens, p["queryWeight"]) @ p["keyWeight"] / width**0.5
    own = (reach * tokens).sum(-1).expand(batch, -1).unsqueeze(-1)
    shares = torch.cat([own, linear(rows, reach).transpose(1, 2) + mask], -1).softmax(-1)
    through = lambda x: linear(linear(x, p["valueWeight"]), p["outputWeight"])
    attended = shares[..., 1:] @ through(rows) + shares[..., :1] * through(tokens)
    return head(p, attended + p["outputBias"] + tokens)


def loop(p):
    rows = linear(rows_in, p["encoderWeight"], p["encoderBias"])
    masked = torch.cat([torch.zeros(batch, 1, 1), mask], -1)
    fitness = []
    for token in p["tokens"]:
        x = torch.cat([token.expand(batch, 1, width), rows], 1)
        query, key, value = (linear(x, p[name]) for name in ("queryWeight", "keyWeight", "valueWeight"))
        shares = (query @ key.transpose(1, 2) / width**0.5 + masked).softmax(-1)
        fitness.append(head(p, linear(shares @ value, p["outputWeight"], p["outputBias"]) + x)[:, 0])
    return torch.stack(fitness, 1)


def loss_of(phi):
    ranked = phi.gather(1, order)
    tails = ranked.flip(1).logcumsumexp(1).flip(1)
    return (tails - ranked)[:, :-1].mean()


def measure(form, steps):
    moving = {name: value.clone().requires_grad_() for name, value in parameters.items()}
    adam = torch.optim.AdamW(
        moving.values(), lr=case["learningRate"], weight_decay=case["weightDecay"], foreach=True
    )
    losses, seconds = [], []
    for _ in range(steps + 1):
        begin = time.process_time()
        adam.zero_grad(set_to_none=True)
        loss = loss_of(form(moving))
        loss.backward()
        adam.step()
        seconds.append(time.process_time() - begin)
        losses.append(loss.item())
    return {"losses": losses, "seconds": seconds[1:]}


print(
    json.dumps(
        {
            "torch": torch.__version__,
            "factored": measure(factored, steps_factored),
            "loop": measure(loop, steps_loop),
        }
    )
)
