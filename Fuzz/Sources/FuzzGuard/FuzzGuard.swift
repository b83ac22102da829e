import NanoCore

/// Reads the input as a saved replay guard, with as many shards as it says and with others. What can be
/// read can be saved again, and read once more.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzGuard(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    let file = Array(UnsafeBufferPointer(start: start, count: count))
    for shardCount in [1, 4] {
        guard let restored = restore(file, shardCount) else { continue }
        var saved: [UInt8] = []
        restored.save(now: now) { part in
            for index in 0..<part.count { saved.append(part[index]) }
        }
        guard restore(saved, shardCount) != nil else {
            fatalError("what was restored from \(count) bytes cannot be saved")
        }
    }
    return 0
}

private let now = Moment(unixMilliseconds: 1_767_225_600_000, monotonicNanoseconds: 1_000_000_000)

private func restore(_ file: [UInt8], _ shardCount: Int) -> SharedReplayGuard? {
    var configuration = ReplayGuard.Configuration()
    configuration.memoryBudgetBytes = 1 << 20
    configuration.deviceCapacity = 64
    do {
        return try SharedReplayGuard(
            fileBytes: file.count, configuration: configuration, shardCount: shardCount, now: now
        ) { range in Array(file[range]) }
    } catch let error as ReplayGuardError {
        _ = error.description
    } catch {
        fatalError("\(error)")
    }
    return nil
}
