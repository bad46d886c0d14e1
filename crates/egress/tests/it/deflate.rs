//! Handcrafted gzip data: valid, invalid and expanding.

/// The header of each gzip member.
pub(crate) const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// An empty block that is not the last one.
pub(crate) const EMPTY_BLOCK: [u8; 5] = [0, 0, 0, 0xff, 0xff];

/// Returns a valid member that is stored without compression.
pub(crate) fn gzip(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("one stored block");
    let mut out = HEADER.to_vec();
    out.push(1);
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend(content);
    out.extend(crc32(content).to_le_bytes());
    out.extend(u32::from(length).to_le_bytes());
    out
}

/// Returns a member that expands to 258 bytes per repetition, each of which takes 13 bits. It has no checksum,
/// because no reader should get that far.
pub(crate) fn bomb(repetitions: usize) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.push(0b1, 1); // the last block
    bits.push(0b01, 2); // with fixed Huffman codes
    bits.push(0b0000_1100, 8); // the literal 0: code 00110000, first bit lowest
    for _ in 0..repetitions {
        bits.push(0b1010_0011, 8); // length 258: code 11000101, first bit lowest
        bits.push(0, 5); // distance 1
    }
    bits.push(0, 7); // the end
    let mut out = HEADER.to_vec();
    out.extend(bits.bytes);
    out
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: usize,
}

impl Bits {
    fn push(&mut self, value: u32, n_bits: usize) {
        for n in 0..n_bits {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let bit = u8::from((value >> n) & 1 == 1);
            *self.bytes.last_mut().expect("pushed above") |= bit << (self.used % 8);
            self.used += 1;
        }
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), step))
}
