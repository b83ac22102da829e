import Glibc
import NanoCore
import NanoSim
import Synchronization

@testable import NanoServe

/// A disk in memory that fails as disks do: it loses what was not flushed, tears the last write,
/// runs full, and reports errors.
final class SimulatedDisk: LogStorage {
    private struct File {
        /// What has been flushed.
        var durable: [UInt8] = []
        /// Writes since, in their order.
        var pending: [(offset: Int, bytes: [UInt8])] = []
        /// What a reader sees.
        var content: [UInt8] = []
        /// Where it cannot be read any more.
        var unreadable: Range<Int>?

        mutating func flush() {
            durable = content
            pending = []
        }
    }

    private struct State {
        var files: [String: File] = [:]
        var capacity = Int.max
        /// Operations to come that fail, by their number from now.
        var failures: [Int: Int32] = [:]
        var operations = 0
        var bytesRead = 0
    }

    private let state = Mutex(State())
    let systemRun: String?

    init() {
        systemRun = "1"
    }

    /// What is left after the power was cut.
    ///
    /// - Parameter random: Decides which of the unflushed writes reached the disk, and how far.
    init(after disk: SimulatedDisk, random: inout SplitMix64) {
        systemRun = disk.systemRun.map { $0 + "1" }
        let files = disk.state.withLock(\.files)
        for (name, file) in files.sorted(by: { $0.key < $1.key }) {
            var survivor = File()
            survivor.durable = file.durable
            for (offset, bytes) in file.pending where Bool.random(using: &random) {
                let count = Int.random(in: 0...bytes.count, using: &random)
                Self.apply(bytes.prefix(count), at: offset, to: &survivor.durable)
            }
            survivor.content = survivor.durable
            state.withLock { $0.files[name] = survivor }
        }
    }

    /// Has an operation fail: 1 is the next one.
    func fail(operation number: Int, with code: Int32 = EIO) {
        state.withLock { $0.failures[$0.operations + number] = code }
    }

    /// Sets how many bytes there are.
    func limit(to bytes: Int) {
        state.withLock { $0.capacity = bytes }
    }

    /// Flips a bit.
    func damage(_ name: String, at offset: Int) {
        state.withLock {
            $0.files[name]?.content[offset] ^= 0x10
            $0.files[name]?.durable[offset] ^= 0x10
        }
    }

    /// Has a range of a file fail to be read from now on.
    func spoil(_ name: String, _ range: Range<Int>) {
        state.withLock { $0.files[name]?.unreadable = range }
    }

    var bytesRead: Int { state.withLock(\.bytesRead) }

    /// The files' names and sizes.
    var sizes: [String: Int] { state.withLock { $0.files.mapValues(\.content.count) } }

    private static func apply(_ bytes: ArraySlice<UInt8>, at offset: Int, to content: inout [UInt8])
    {
        if content.count < offset {
            content += [UInt8](repeating: 0, count: offset - content.count)
        }
        let overlap = min(bytes.count, content.count - offset)
        content.replaceSubrange(offset..<offset + overlap, with: bytes)
    }

    private func step(_ state: inout State, _ verb: String, _ name: String) throws {
        state.operations += 1
        guard let code = state.failures.removeValue(forKey: state.operations) else { return }
        throw StorageFault(verb, name, code: code)
    }

    // MARK: - LogStorage

    func names() throws -> [String] { state.withLock { Array($0.files.keys) } }

    func create(_ name: String, beginningWith bytes: [UInt8]) throws -> any LogFile {
        try replace(name, with: bytes)
        return Handle(self, name)
    }

    func open(_ name: String) throws -> any LogFile {
        guard state.withLock({ $0.files[name] != nil }) else {
            throw StorageFault("open", name, code: ENOENT)
        }
        return Handle(self, name)
    }

    func remove(_ name: String) throws {
        try state.withLock { state in
            try step(&state, "remove", name)
            state.files[name] = nil
        }
    }

    func replace(_ name: String, with bytes: [UInt8]) throws {
        try state.withLock { state in
            try step(&state, "create", name)
            try checkRoom(state, bytes.count, name)
            var file = File()
            file.content = bytes
            file.flush()
            state.files[name] = file
        }
    }

    func renew(_ name: String, with bytes: [UInt8]) throws { try replace(name, with: bytes) }
    func giveBackRoom(of name: String) {}

    func freeBytes() throws -> Int { state.withLock { $0.capacity - Self.used($0) } }

    private static func used(_ state: State) -> Int {
        state.files.values.reduce(0) { $0 + $1.content.count }
    }

    private func checkRoom(_ state: State, _ bytes: Int, _ name: String) throws {
        guard Self.used(state) <= state.capacity - bytes else {
            throw StorageFault("write", name, code: ENOSPC)
        }
    }

    private final class Handle: LogFile {
        private let disk: SimulatedDisk
        private let name: String

        init(_ disk: SimulatedDisk, _ name: String) {
            self.disk = disk
            self.name = name
        }

        func size() throws -> Int { try content().count }

        private func content() throws -> [UInt8] {
            guard let file = disk.state.withLock({ $0.files[name] }) else {
                throw StorageFault("read", name, code: ENOENT)
            }
            return file.content
        }

        func write(_ bytes: [UInt8], at offset: Int) throws {
            try disk.state.withLock { state in
                do {
                    try disk.step(&state, "write", name)
                    try disk.checkRoom(state, bytes.count, name)
                } catch {
                    // Half of it may have got there.
                    record(bytes.prefix(bytes.count / 2), at: offset, in: &state)
                    throw error
                }
                record(bytes[...], at: offset, in: &state)
            }
        }

        private func record(_ bytes: ArraySlice<UInt8>, at offset: Int, in state: inout State) {
            guard var file = state.files.removeValue(forKey: name) else { return }
            SimulatedDisk.apply(bytes, at: offset, to: &file.content)
            file.pending.append((offset, Array(bytes)))
            state.files[name] = file
        }

        func read(_ range: Range<Int>) throws -> [UInt8] {
            let unreadable = disk.state.withLock { $0.files[name]?.unreadable }
            guard unreadable?.overlaps(range) != true else {
                throw StorageFault("read", name, code: EIO)
            }
            let bytes = Array(try content()[range.clamped(to: 0..<(try content().count))])
            disk.state.withLock { $0.bytesRead += bytes.count }
            return bytes
        }

        func sync() throws {
            try disk.state.withLock { state in
                try disk.step(&state, "flush", name)
                state.files[name]?.flush()
            }
        }

        func truncate(to size: Int) throws {
            try disk.state.withLock { state in
                try disk.step(&state, "cut", name)
                guard var file = state.files[name], file.content.count > size else { return }
                file.content.removeLast(file.content.count - size)
                file.flush()
                state.files[name] = file
            }
        }
    }
}
