import NanoCore

@testable import NanoServe

/// Opens the input as a journal: a file of blocks, a summary of it, and saved cursors, the first two
/// as long as the bytes before them say. With an odd first byte all checksums are made right first,
/// since nobody guesses them. Whatever is in there, the journal opens, and what it holds can be taken;
/// or a fault says why not.
enum JournalCheck {
    static func run(_ input: [UInt8]) {
        guard input.count >= 5 else { return }
        var rest = input.dropFirst(5)
        func part(at place: Int) -> [UInt8] {
            let taken = rest.prefix(Int(input.integer(at: place, UInt16.self)))
            rest = rest.dropFirst(taken.count)
            return Array(taken)
        }
        var parts = [part(at: 1), part(at: 3), Array(rest)]
        if input[0] & 1 == 1 {
            parts = [
                Mending.log(parts[0]), Mending.summary(parts[1]), CursorFile.sealed(parts[2]),
            ]
        }
        let disk = MemoryDisk()
        disk.files[SegmentName.log(1)] = MemoryFile(parts[0])
        if !parts[1].isEmpty { disk.files[SegmentName.summary(1)] = MemoryFile(parts[1]) }
        if !parts[2].isEmpty { disk.files[CursorFile.name] = MemoryFile(parts[2]) }
        do {
            let journal = try Journal(
                Journal.Configuration(routes: ["alba", "cycle"]), storage: disk, hashKey: (1, 2))
            let read = try journal.log.read(
                from: journal.log.start, bytes: 1 << 24, isTolerant: true)
            for block in read.blocks {
                var offset = 0
                while let record = block.record(at: offset) {
                    guard record.end > offset else { fatalError("a record without an end") }
                    offset = record.end
                }
            }
            for route in 0..<2 {
                _ = try journal.load(route: route, from: journal.log.start)
                for _ in 0..<100 {
                    guard journal.take(route: route, limit: 50) != nil else { break }
                }
            }
        } catch let fault as JournalFault {
            _ = fault.description
        } catch let fault as StorageFault {
            _ = fault.description
        } catch {
            fatalError("\(error)")
        }
    }
}
