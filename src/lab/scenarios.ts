/** The scenarios with a name. In the first seconds, the detectors learn. */
export const SCENARIOS: Readonly<Record<string, { summary: string; text: string }>> = {
  demo: {
    summary: 'what a viewer and two observers see of two migrations and an outage',
    text: `viewer buffer=6s; observe hypervisor; monitors; hosts 1; link delay=1ms jitter=0.1ms
      say Two monitors watch one VM: this one from outside, the other on its hypervisor, A.
      say A viewer plays the stream that the VM serves, 6 s ahead. Four steps follow.
      say 1 of 4: calm.
      wait 15s
      say 2 of 4: the VM moves to hypervisor B. The viewer should notice nothing.
      migrate
      expect migration plays
      wait 15s
      say 3 of 4: it moves back, held for 8 s on the way: longer than the viewer's 6 s.
      migrate hold=8s
      expect migration stalls
      wait 18s
      say 4 of 4: no migration, but the VM's cable is cut for 12 s.
      cut target 12s
      expect outage stalls
      wait 15s
      say Over. Shown: a migration nobody noticed, one that stalled the viewer, an outage.
      say Look around as long as you like: ? shows the keys, q quits.`,
  },
  endless: {
    summary: 'back and forth every 20 s',
    text: 'monitors; repeat 10000; wait 20s; migrate; end',
  },
  idle: {
    summary: 'the shortest blackouts of an idle VM',
    text: 'wait 15s; repeat 10; migrate; wait 5s; end',
  },
  busy: {
    summary: 'a VM that rewrites 48 MB of memory a second',
    text: 'guest dirty=48; wait 15s; repeat 10; migrate; wait 5s; end',
  },
  held: {
    summary: 'blackouts from 100 ms to 4 s',
    text: `wait 15s
      migrate hold=80ms;  wait 5s
      migrate hold=150ms; wait 5s
      migrate hold=300ms; wait 5s
      migrate hold=500ms; wait 5s
      migrate hold=1s;    wait 5s
      migrate hold=2s;    wait 5s
      migrate hold=4s;    wait 5s`,
  },
  routed: {
    summary: 'migrations behind a path of 20 ms with jitter and loss',
    text: `link delay=10ms jitter=0.5ms tail=1%:30ms loss=0.3%
      wait 15s
      repeat 3
        migrate; wait 5s
        migrate hold=150ms; wait 5s
        migrate hold=400ms; wait 5s
        migrate hold=1s; wait 5s
      end`,
  },
  lookalikes: {
    summary: 'pauses, cuts and a reboot, and no migration',
    text: `wait 15s
      pause 300ms; wait 5s
      pause 1500ms; wait 5s
      cut shared 300ms; wait 5s
      cut shared 2s; wait 5s
      cut target 200ms; wait 5s
      cut target 1s; wait 5s
      reboot; wait 8s`,
  },
  contention: {
    summary: 'a busy host, and nothing else',
    text: 'wait 15s; contend 20s; wait 10s',
  },
  ghost: {
    summary: 'a migration whose old copy is resumed for 5 s',
    text: 'wait 15s; migrate; wait 5s; ghost 5s; wait 5s; migrate; wait 5s',
  },
  wild: {
    summary: 'what looks like something else: failovers, late networks, set clocks, forged RARP, takeovers',
    text: `hosts 1; wait 20s
      cut target 1s announce=qemu;     wait 6s
      cut target 700ms announce=switch; wait 6s
      migrate hold=250ms late=6s;      wait 8s
      date -3s;                        wait 8s
      migrate hold=250ms set=500ms;    wait 8s
      repeat 4; migrate hold=60ms; wait 700ms; end; wait 8s
      away; migrate hold=150ms; migrate hold=250ms; wait 1s; back; wait 8s
      steal 400ms;                     wait 6s
      takeover 5s;                     wait 8s
      takeover 6s rivals=2 vm=stays;   wait 8s
      migrate mode=postcopy;           wait 6s
      save 2s;                         wait 8s`,
  },
  'figures-lan': {
    summary:
      'the README’s figures: 52 migrations of an idle VM a bridge away, and everything that looks like one',
    text: `wait 20s
      repeat 24; migrate; wait 4s; end
      repeat 3
        migrate hold=60ms;  wait 4s; migrate hold=100ms; wait 4s; migrate hold=150ms; wait 4s
        migrate hold=200ms; wait 4s; migrate hold=300ms; wait 4s; migrate hold=500ms; wait 4s
        migrate hold=1s;    wait 4s; migrate hold=2s;    wait 4s; migrate hold=4s;    wait 4s
      end
      repeat 2
        pause 60ms; wait 4s; pause 150ms; wait 4s; pause 400ms; wait 4s; pause 1500ms; wait 5s
        cut target 250ms; wait 4s; cut target 1s; wait 4s; cut shared 300ms; wait 4s; cut shared 2s; wait 5s
      end
      reboot; wait 10s
      contend 20s; wait 5s
      migrate; wait 6s; ghost 6s; wait 8s`,
  },
  'figures-busy': {
    summary: 'the README’s figures: 12 migrations of a VM that rewrites 48 MB of memory a second',
    text: 'guest dirty=48; wait 20s; repeat 12; migrate; wait 4s; end',
  },
  'figures-routed': {
    summary:
      'the README’s figures: 52 migrations behind 20 ms of path with jitter and loss, and what looks like one',
    text: `link delay=10ms jitter=0.5ms tail=1%:30ms loss=0.3%
      wait 20s
      repeat 25; migrate; wait 4s; end
      repeat 3
        migrate hold=60ms;  wait 4s; migrate hold=100ms; wait 4s; migrate hold=150ms; wait 4s
        migrate hold=200ms; wait 4s; migrate hold=300ms; wait 4s; migrate hold=500ms; wait 4s
        migrate hold=1s;    wait 4s; migrate hold=2s;    wait 4s; migrate hold=4s;    wait 4s
      end
      pause 400ms; wait 4s; pause 1500ms; wait 5s; cut target 500ms; wait 4s; cut target 1s; wait 4s
      reboot; wait 12s`,
  },
  reported: {
    summary: 'the hypervisor’s figures beside ours: 32 migrations, followed through the monitors of both',
    text: 'monitors; hosts 0; wait 6s; repeat 32; migrate; wait 8s; end',
  },
  libvirt: {
    summary: 'the same under a libvirtd on each hypervisor: every way to migrate, with and without TLS',
    text: `hypervisors libvirt; monitors; hosts 0; wait 6s
      repeat 4
        migrate;            wait 8s; migrate tls=on;            wait 8s
        migrate via=p2p;    wait 8s; migrate via=p2p tls=on;    wait 8s
        migrate via=tunnel; wait 8s; migrate via=tunnel tls=on; wait 8s
      end`,
  },
  hidden: {
    summary: 'monitors that conceal six migrations: each should come out as not reported',
    text: 'monitors hidden; hosts 0; wait 6s; repeat 6; migrate; wait 14s; end',
  },
  quiet: {
    summary: 'nothing happens for five minutes',
    text: 'wait 5m',
  },
};
