import Dispatch
import Synchronization
import Testing

@testable import NanoServe

@Suite struct CommandQueueTests {
    private let queue = CommandQueue()

    @Test func `commands are done one after the other, in the order in which they came`() async {
        let done = Mutex<[Int]>([])
        for number in 0..<100 {
            #expect(queue.run { done.withLock { $0.append(number) } })
        }
        #expect(await queue.close(within: .seconds(60)) == 0)
        #expect(done.withLock { $0 } == Array(0..<100))
    }

    @Test func `closing waits for what is under way, and takes nothing more`() async {
        let (started, gate) = (AsyncStream<Void>.makeStream(), DispatchSemaphore(value: 0))
        let done = Atomic(false)
        _ = queue.run {
            started.continuation.finish()
            gate.wait()
            done.store(true, ordering: .releasing)
        }
        for await _ in started.stream {}
        #expect(await queue.close(within: .milliseconds(30)) == 1)
        #expect(!queue.run { Issue.record("done behind the end") })
        gate.signal()
        #expect(await queue.close(within: .seconds(60)) == 0)
        #expect(done.load(ordering: .acquiring) == true)
    }
}
