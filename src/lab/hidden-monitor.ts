import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** The events that would show a migration. */
const HIDDEN_EVENTS = ['STOP', 'RESUME', 'MIGRATION', 'MIGRATION_PASS'];

/** A monitor that conceals migrations: it passes QMP through, except that the guest always runs and never moves. */
export class HiddenMonitor {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  /** Listens at `path` and passes on to the monitor at `real`, which may come and go. */
  constructor(path: string, real: string) {
    this.server = createServer(client => this.connect(client, createConnection(real)));
    this.server.listen(path);
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private connect(client: Socket, monitor: Socket): void {
    for (const [socket, other] of [
      [client, monitor],
      [monitor, client],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    client.pipe(monitor);
    createInterface(monitor)
      .on('error', () => {})
      .on('line', line => {
        const shown = conceal(JSON.parse(line));
        if (shown) client.write(`${JSON.stringify(shown)}\n`);
      });
  }
}

interface Message {
  event?: string;
  return?: unknown;
}

function conceal(message: Message): Message | undefined {
  if (message.event !== undefined) return HIDDEN_EVENTS.includes(message.event) ? undefined : message;
  const { status, running } = (message.return ?? {}) as { status?: unknown; running?: unknown };
  if (running !== undefined) return { ...message, return: { status: 'running', running: true } };
  return status === undefined ? message : { ...message, return: {} };
}
