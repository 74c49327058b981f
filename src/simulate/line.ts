import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';

/** A network between two systems on this machine. */
export type Line = {
  port: number;
  /** The port at its other end. */
  target: number;
  /** Nobody gets through. */
  isDown: boolean;
  /** Of every so many answers one is lost: the connection is cut when the answer comes. 0: none. */
  loseEvery: number;
  lost(): number;
  close(): Promise<void>;
};

/** Passes bytes on to `target` on this machine, and what comes back, until it is told to lose answers. */
export async function startLine(target: number): Promise<Line> {
  const open = new Set<Socket>();
  let answers = 0;
  let lost = 0;
  const server = createServer((near) => {
    if (line.isDown) return void near.destroy();
    const far = createConnection({ port: line.target, host: '127.0.0.1' });
    const cut = () => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', cut).on('close', () => {
        open.delete(socket);
        cut();
      });
    }
    near.on('data', (chunk) => (line.isDown ? cut() : far.write(chunk)));
    far.on('data', (chunk) => {
      answers += 1;
      if (line.isDown) return cut();
      if (line.loseEvery > 0 && answers % line.loseEvery === 0) {
        lost += 1;
        return cut();
      }
      near.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const line: Line = {
    port: (server.address() as AddressInfo).port,
    target,
    isDown: false,
    loseEvery: 0,
    lost: () => lost,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
  return line;
}
