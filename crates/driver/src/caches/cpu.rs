//! Which CPU this is: what is compiled for "native" is for no other.

/// What "native" means, which is another CPU on another machine; empty for CPUs with a name.
pub(crate) fn cpu_of(name: Option<&str>) -> Vec<u8> {
    if name == Some("native") { this_cpu() } else { Vec::new() }
}

/// The CPU's model and features as it tells them itself, without what differs from core to core.
#[cfg(target_arch = "x86_64")]
fn this_cpu() -> Vec<u8> {
    use std::arch::x86_64::{__cpuid_count, _xgetbv};
    let leaf = |leaf, sub| __cpuid_count(leaf, sub);
    let most = leaf(0, 0).eax;
    let vendor = leaf(0, 0);
    let mut numbers = vec![vendor.ebx, vendor.ecx, vendor.edx];
    // The second register has the core's number.
    let model = leaf(1, 0);
    numbers.extend([model.eax, model.ecx, model.edx]);
    let mut add = |number, sub| {
        let it = leaf(number, sub);
        numbers.extend([it.eax, it.ebx, it.ecx, it.edx]);
    };
    for (number, sub) in [(7, 0), (7, 1), (7, 2), (0x14, 0), (0x19, 0), (0x1e, 1), (0x24, 0)] {
        if number <= most {
            add(number, sub);
        }
    }
    if 0xd <= most {
        numbers.push(leaf(0xd, 1).eax);
    }
    let most = leaf(0x8000_0000, 0).eax;
    for number in [0x8000_0001, 0x8000_0008] {
        if number <= most {
            let it = leaf(number, 0);
            numbers.extend([it.ebx, it.ecx, it.edx].iter().take(if number == 0x8000_0001 { 3 } else { 1 }));
        }
    }
    // Which of it the system lets programs use: XGETBV is there if OSXSAVE is.
    if model.ecx & (1 << 27) != 0 {
        #[target_feature(enable = "xsave")]
        fn enabled() -> u64 {
            // SAFETY: register 0 exists where the instruction does.
            unsafe { _xgetbv(0) }
        }
        // SAFETY: OSXSAVE says that the instruction is there.
        let enabled = unsafe { enabled() };
        numbers.extend([enabled as u32, (enabled >> 32) as u32]);
    }
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// What the system says of the CPU.
#[cfg(not(target_arch = "x86_64"))]
fn this_cpu() -> Vec<u8> {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let names = ["CPU implementer", "CPU architecture", "CPU variant", "CPU part", "Features", "isa", "uarch"];
    let mut lines: Vec<&str> = text.lines().filter(|line| names.iter().any(|it| line.starts_with(it))).collect();
    lines.sort_unstable();
    lines.dedup();
    lines.join("\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::cpu_of;

    #[test]
    fn the_cpu_is_the_same_on_every_core() {
        let cpu = cpu_of(Some("native"));
        assert!(cpu.len() > 16);
        for _ in 0..200 {
            std::thread::yield_now();
            assert_eq!(cpu_of(Some("native")), cpu);
        }
        assert!(cpu_of(None).is_empty() && cpu_of(Some("x86-64")).is_empty());
    }
}
