import NanoCore
import Testing

@testable import NanoTUI

@Suite struct OverviewTests {
    @Test func `rows that are free show whose frames are refused, and the log`() {
        var model = ConsoleModel.sample
        let picture = model.picture(200, 50)
        #expect(picture.contains("─ Refusals by source") && picture.contains("─ Log"))
        // What it shows has to be asked for, on this screen alone.
        #expect(model.parts.isSuperset(of: [.rejections, .log]))
        #expect(!model.picture(80, 24).contains("Refusals by source"))
        #expect(model.parts == [])
        model.type(":layout hide newest")
        model.press(.enter)
        #expect(!model.picture(200, 50).contains("Refusals by source"))
        #expect(model.parts == [])
    }

    @Test func `the ledger claims no more past than there is`() {
        var model = ConsoleModel(themeName: "dusk")
        for second in 1...20 { model.receive(SampleGateway.snapshot(second: second)) }
        #expect(model.picture(200, 50).contains("✓ balances · last 19 s"))
        for second in 21...400 { model.receive(SampleGateway.snapshot(second: second)) }
        #expect(model.picture(200, 50).contains("✓ balances · last 86 s"))
    }

    @Test func `who is turned away is no bad payload`() {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        snapshot.ledger.refusedByReason[Int(RefusalReason.profileViolation.rawValue)] = 70
        snapshot.ledger.received += 70
        snapshot.registry.refused = 63
        model.receive(snapshot)
        let picture = model.picture(200, 50)
        #expect(picture.contains("registry 63") && picture.contains("payload 7"), "\(picture)")
    }

    @Test func `the second pane is there from 30 rows on`() {
        var model = ConsoleModel.sample
        #expect(model.picture(160, 30).contains("─ Times in ms"))
        #expect(!model.picture(160, 29).contains("─ Times in ms"))
        #expect(!model.picture(159, 30).contains("─ Times in ms"))
    }

    @Test func `nothing of the overview is pushed out by what is below it`() {
        var model = ConsoleModel.sample
        for height in 23...60 {
            let picture = model.picture(120, height)
            for words in ["replay storm", "influx fails", "0x30 ASIC", "▲ alba"] {
                #expect(picture.contains(words), "\(words) at \(height)\n\(picture)")
            }
        }
    }

    @Test func `a column is as wide as its texts where there is room for more`() throws {
        var model = ConsoleModel.sample
        model.press(.character("6"))
        let head = try #require(
            model.picture(200, 50).split(separator: "\n").first { $0.contains("fingerprint") })
        let gaps = head.split { $0 != " " }.map(\.count).dropLast()
        #expect((gaps.max() ?? 0) <= 20, "\(head)")
    }

    @Test func `at 80 columns a device shows how much of it was accepted`() throws {
        var model = ConsoleModel.sample
        model.press(.character("2"))
        let head = try #require(
            model.picture(80, 24).split(separator: "\n").first { $0.contains("last seen") })
        for name in ["accepted", "refused", "rate/s"] { #expect(head.contains(name), "\(head)") }
    }

    @Test(arguments: [(80, 24), (100, 30), (120, 40), (200, 50)])
    func `memory and processor use stand beside each other`(size: (Int, Int)) {
        var model = ConsoleModel.sample
        let picture = model.picture(size.0, size.1)
        #expect(picture.contains(/58.6 MB( ·)? +cpu 12 %/), "\(picture)")
        // What is not now is not told as if it were.
        var snapshot = SampleGateway.snapshot(second: 91)
        snapshot.gateway.state = .unreachable
        snapshot.gateway.silentSeconds = 9
        model.receive(snapshot)
        #expect(!model.picture(size.0, size.1).contains("12 %"))
    }
}
