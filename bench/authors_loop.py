# The estimator as Model Spider's authors run it: one attention over (PTM token, class rows) for each PTM in turn.
# A yardstick for spider.mjs, never a part of the product. Prints seconds of processor time a PTM as JSON.
import json
import sys
import time

import torch
from torch import nn

width, classes, ptms = (int(argument) for argument in sys.argv[1:4])
torch.set_num_threads(1)
torch.manual_seed(1)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(width, width, bias=False) for _ in range(3))
        self.output = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width)

    def forward(self, rows):
        logits = self.query(rows) @ self.key(rows).transpose(1, 2) / width**0.5
        return self.norm(self.output(logits.softmax(-1) @ self.value(rows)) + rows)


attention = Attention().eval()
head = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 1)).eval()
task = torch.randn(1, classes, width)
tokens = torch.randn(ptms, 1, 1, width)


def score_all():
    with torch.no_grad():
        return [head(attention(torch.cat([token, task], 1))[:, 0]) for token in tokens]


score_all()
begin = time.process_time()
score_all()
print(json.dumps({"secondsPerPtm": (time.process_time() - begin) / ptms, "torch": torch.__version__}))
