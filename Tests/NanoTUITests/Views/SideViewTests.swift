import NanoCore
import Testing

@testable import NanoTUI

@Suite struct SideViewTests {
    @Test func `what most connections are turned away for is below their number`() throws {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        snapshot.connections.turnedAway[.denied] = 1_200
        snapshot.connections.turnedAway[.rate] = 7
        snapshot.connections.turnedAway[.proxyHeader] = 40
        model.receive(snapshot)
        let lines = model.picture(200, 50).split(separator: "\n")
        let first = try #require(lines.firstIndex { $0.contains("turned away ") })
        let ends = lines[first..<first + 4].map { line in
            line.split(separator: " ").suffix(4).joined(separator: " ")
        }
        #expect(ends[0].hasSuffix("turned away 1,247"))
        #expect(ends[1].hasSuffix("denied 1,200"))
        #expect(ends[2].hasSuffix("no proxy header 40"))
        #expect(lines[first + 3].contains("closed by the gateway"))
        #expect(!model.picture(200, 50).contains("too fast"))
    }

    @Test func `connections over TLS are counted where there may be any`() {
        var model = ConsoleModel.sample
        #expect(!model.picture(200, 50).contains("over TLS"))
        var snapshot = SampleGateway.snapshot(second: 91)
        var tls = TLSConnectionsSnapshot()
        tls.open = 812
        snapshot.connections.tls = tls
        model.receive(snapshot)
        let lines = model.picture(200, 50).split(separator: "\n")
        #expect(lines.contains { $0.contains("  over TLS") && $0.contains(" 812") })
        #expect(lines.contains { $0.contains(" memory, processor ") })
    }
}
