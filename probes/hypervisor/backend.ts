import type { DomainReport, JobReport } from '../../src/core/outcomes.js';
import type { Millis } from '../../src/core/sample.js';
import type { Permission } from '../prober.js';

/** A virtual machine as a hypervisor identifies it. Everything comes from outside: lengths are limited, texts not escaped. */
export interface DomainIdentity {
  name: string;
  /** In lower case, with colons. */
  macs: readonly string[];
  addresses: readonly string[];
}

type WithoutHost<Report> = Omit<Report, 'host'>;
export type Report =
  | ({ kind: 'domain' } & WithoutHost<DomainReport>)
  | ({ kind: 'job' } & WithoutHost<JobReport>);

/** Receives what a connection reports. */
export interface HypervisorPorts {
  /** On the session's time line. */
  now(): Millis;
  /** The hypervisor has this domain; again when its identity changes. */
  domain(identity: DomainIdentity): void;
  /** `at` is when we asked, `knownAt` when the answer came; for an event they are the same. */
  report(domain: string, at: Millis, knownAt: Millis, report: Report): void;
  /** The connection ended: called once, and nothing is called after it. */
  ended(error: Error): void;
}

/** A connection to a hypervisor. It never changes a setting there. */
export interface HypervisorConnection {
  /** Resolves when everything has stopped; nothing is reported afterwards. */
  stop(): Promise<void>;
}

/** One kind of hypervisor connection. */
export interface HypervisorBackend {
  /** As in `--hypervisor NAME:…` and in the samples. */
  name: string;
  summary: string;
  /** How its address is written. */
  form: string;
  needs: string;
  /** Whether its connection is to one domain, whose target may be named after the address. */
  single: boolean;
  /** The socket that a hypervisor at this address makes when it starts; undefined if it is none of this machine. */
  socketOf?(address: string): string | undefined;
  /** Throws a RangeError if it is not an address of this kind. */
  checkAddress(address: string): void;
  check(): Promise<Permission>;
  open(address: string, ports: HypervisorPorts): HypervisorConnection;
}

/** The longest name, and the most names, addresses and domains that are taken from a hypervisor. */
export const MAX_NAME = 200;
export const MAX_ADDRESSES = 64;
export const MAX_DOMAINS = 1000;
