import type { JobReport } from '../../src/core/outcomes.js';
import { isRecord } from '../../src/core/validation/shape.js';
import { hasMonitor, isListening } from './qmp-values.js';

/** The id of the monitor that libvirt opens for itself. */
const LIBVIRTS_MONITOR = 'charmonitor';

/** Whether the stream of a QEMU's migration is encrypted, as far as its answers show it. */
export class QmpTransport {
  private tls: boolean | undefined;
  private isLibvirts = false;
  /** The source connects to this QEMU itself. */
  private listens = false;

  /** Takes the answer of `query-chardev`. */
  takeMonitors(value: unknown): void {
    this.isLibvirts = hasMonitor(value, LIBVIRTS_MONITOR);
  }

  /** Takes the answer of `query-migrate-parameters` when a migration begins: they do not change while it runs. */
  begin(parameters: unknown): void {
    const creds = isRecord(parameters) ? (parameters as Record<string, unknown>)['tls-creds'] : undefined;
    this.tls = typeof creds === 'string' ? creds !== '' : undefined;
    this.listens = false;
  }

  /** Takes an answer of `query-migrate`. */
  takeJob(value: unknown): void {
    this.listens ||= isListening(value);
  }

  /** Without TLS, libvirt's daemons may carry the stream in a tunnel, which QEMU does not see unless it listens itself. */
  report(): Pick<JobReport, 'transport'> {
    if (this.tls) return { transport: 'tls' };
    const isClear = this.tls === false && (!this.isLibvirts || this.listens);
    return isClear ? { transport: 'clear' } : {};
  }
}
