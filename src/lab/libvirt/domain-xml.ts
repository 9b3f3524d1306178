import { kernelLine, type MachineSpec, type Placement } from '../machine.js';

/** The path of the guest's sockets at a place, without their endings. */
export function socketsOf({ folder, name, seat }: Placement): string {
  return `${folder}/${name}${'ab'[seat]}`;
}

/**
 * The guest as libvirt defines it. Both hosts define it with the same UUID; devices and sockets differ. Its QEMU has two
 * monitors besides libvirt's: the lab's own, and one for a migwatch that watches.
 */
export function domainXml(place: Placement, spec: MachineSpec): string {
  const { name, host, mac, tap, monitor } = place;
  const sockets = socketsOf(place);
  const monitors = [`${sockets}.qmp`, monitor].flatMap(path => ['-qmp', `unix:${path},server=on,wait=off`]);
  return `<domain type='${spec.accel === 'kvm' ? 'kvm' : 'qemu'}' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>${name}</name>
  <uuid>77000000-0000-4000-8000-${String(host).padStart(12, '0')}</uuid>
  <memory unit='MiB'>128</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <kernel>${spec.kernel}</kernel>
    <initrd>${spec.initramfs}</initrd>
    <cmdline>${kernelLine(place, spec)}</cmdline>
  </os>
  <features><acpi/></features>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <interface type='ethernet'>
      <mac address='${mac}'/>
      <target dev='${tap}' managed='no'/>
      <model type='virtio'/>
      <rom enabled='no'/>
    </interface>
    <serial type='unix'><source mode='bind' path='${sockets}.console'/></serial>
    <controller type='usb' model='none'/>
    <memballoon model='none'/>
  </devices>
  <qemu:commandline>${monitors.map(word => `<qemu:arg value='${word}'/>`).join('')}</qemu:commandline>
</domain>
`;
}
