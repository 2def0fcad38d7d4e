import { connect } from "node:net";

/**
 * Sends requests on keep-alive connections, each waiting for its answer: one over and over for some seconds, or each of
 * several once.
 *
 * @param bodies instead of `body`: what is sent once
 * @returns requests a second, p50 and p99 in milliseconds, and the first answer's body
 */
export async function load({ port, path, body, bodies }, { seconds = Infinity, connections }) {
  const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n`;
  const requestOf = (one) => {
    const text = JSON.stringify(one);
    return `${head}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
  };
  const repeated = requestOf(body);
  const waiting = bodies?.map(requestOf);
  const latencies = [];
  let sample;
  const begin = performance.now();
  const end = begin + 1000 * seconds;
  const runOne = () =>
    new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1");
      socket.setNoDelay(true);
      let sent = 0;
      let received = "";
      const send = () => {
        const request = waiting === undefined ? repeated : waiting.pop();
        if (request === undefined || performance.now() >= end) return void socket.destroy(resolve());
        sent = performance.now();
        socket.write(request);
      };
      socket.on("connect", send);
      socket.on("error", reject);
      socket.setEncoding("latin1");
      socket.on("data", (chunk) => {
        received += chunk;
        const headEnd = received.indexOf("\r\n\r\n");
        if (headEnd < 0) return;
        const length = Number(/content-length: (\d+)/i.exec(received)?.[1]);
        if (received.length < headEnd + 4 + length) return;
        if (!received.startsWith("HTTP/1.1 200")) return reject(new Error(received));
        sample ??= received.slice(headEnd + 4);
        received = "";
        latencies.push(performance.now() - sent);
        send();
      });
    });
  await Promise.all(Array.from({ length: connections }, runOne));
  latencies.sort((a, b) => a - b);
  const at = (share) => latencies[Math.floor(share * (latencies.length - 1))];
  return {
    requests: latencies.length,
    perSecond: latencies.length / ((performance.now() - begin) / 1000),
    p50: at(0.5),
    p99: at(0.99),
    sample,
  };
}
