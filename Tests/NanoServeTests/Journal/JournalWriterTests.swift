import Glibc
import NanoCore
import Testing

@testable import NanoServe

@Suite struct JournalWriterTests {
    @Test func `what somebody else could not commit is committed when that is asked for`()
        async throws
    {
        let disk = SimulatedDisk()
        let journal = try Journal.simulated(disk: disk)
        disk.fail(operation: 1, with: ENOSPC)
        #expect(throws: StorageFault.self) { try journal.commit(numbered: 0..<5, now: .now) }
        #expect(journal.isFull && journal.committing == 5)
        let writer = JournalWriter(journal, gatherMilliseconds: 0.1, logger: LogRecorder().logger)
        writer.start()
        writer.retry()
        #expect(try await eventually { journal.committed == 5 && !journal.isFull })
        try await writer.stop()
    }
}
