import NanoCore
import Testing

@testable import NanoTUI

@Suite struct OffenderQuestionTests {
    @Test
    func `the address under the cursor is blocked for an hour, and honest devices are told of`() {
        var model = ConsoleModel.sample
        model.press(.character("4"), .character("b"))
        #expect(model.picture(80, 24).contains("Block 10.0.4.17 for an hour?"))
        #expect(
            model.press(.character("y")) == [.perform(.blockAddress("10.0.4.17", seconds: 3_600))])
        model.press(.character("o"), .down, .character("b"))
        #expect(model.picture(120, 40).contains("Honest devices are behind it"))
        #expect(model.press(.character("n")).isEmpty)
    }

    @Test func `of IPv6 the whole network of a source is blocked, as the gateway counts it`() {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        for index in snapshot.rejections.indices {
            snapshot.rejections[index].address = "2001:db8:1:2:a::9:50112"
        }
        snapshot.topTalkers = [
            TalkerSnapshot(address: "2001:db8:1:2:b::1", packets: 9, refused: 2)
        ]
        model.receive(snapshot)
        model.press(.character("4"), .character("b"))
        #expect(model.picture(120, 40).contains("Block 2001:db8:1:2::/64 for an hour?"))
        #expect(model.picture(120, 40).contains("Honest devices are behind it"))
        #expect(
            model.press(.character("y"))
                == [.perform(.blockAddress("2001:db8:1:2::/64", seconds: 3_600))])
        #expect(AddressSource.text(of: "::ffff:10.0.4.17") == "10.0.4.17")
    }

    @Test(arguments: [
        ("0.0.0.0/0", "That is every address of IPv4."),
        ("10.0.4.0/24", "there, over 41 connections."),
    ])
    func `a network that holds most devices is typed, with how many it cuts off`(
        network: String, words: String
    ) {
        var model = ConsoleModel.sample
        model.type(":devices block-address \(network)")
        model.press(.enter)
        let picture = model.picture(120, 40)
        #expect(picture.contains(words) && picture.contains("Honest devices are behind it"))
        #expect(picture.contains("Of 41 devices that sent within the last hour, 41"))
        #expect(model.press(.character("y"), .enter).isEmpty, "one key is not enough")
        #expect(model.picture(120, 40).contains("✗ another word"))
        model.press(.backspace)
        #expect(!model.picture(120, 40).contains("✗ another word"))
        model.type(network)
        #expect(model.press(.enter) == [.perform(.blockAddress(network, seconds: 3_600))])
    }

    /// A console whose view lists no devices: as it starts, and so many seconds later.
    private func consoleOnRejections(second: Int) -> ConsoleModel {
        var model = ConsoleModel(themeName: "dusk")
        model.receive(SampleGateway.snapshot(second: 90, parts: model.parts))
        model.press(.character("4"))
        model.receive(SampleGateway.snapshot(second: second, parts: .rejections))
        return model
    }

    @Test(arguments: [("10.0.4.0/24", 41), ("10.0.4.16/31", 2)])
    func `devices are counted where the view lists none`(network: String, count: Int) {
        var model = consoleOnRejections(second: 99)
        #expect(model.live.devices.isEmpty)
        model.type(":devices block-address \(network)")
        model.press(.enter)
        let picture = model.picture(120, 40)
        #expect(picture.contains("Of 41 devices that sent within the last hour, \(count) did so"))
        #expect(model.press(.character("y")).isEmpty == (count == 41))
    }

    @Test func `a block is typed where the devices were not listed of late`() {
        var model = consoleOnRejections(second: 121)
        model.press(.character("b"))
        let picture = model.picture(120, 40)
        #expect(picture.contains("Which devices are behind it is not known yet"))
        #expect(!picture.contains("sent within the last hour"))
        #expect(model.press(.character("y"), .enter).isEmpty)
        model.press(.backspace)
        model.type("10.0.4.17")
        #expect(
            model.press(.enter) == [.perform(.blockAddress("10.0.4.17", seconds: 3_600))])
    }

    @Test func `a gateway without devices has none behind an address`() {
        var model = ConsoleModel(themeName: "dusk")
        var snapshot = SampleGateway.snapshot(second: 90, parts: .rejections)
        snapshot.deviceCount = 0
        model.receive(snapshot)
        model.press(.character("4"), .character("b"))
        #expect(!model.picture(120, 40).contains("not known yet"))
        #expect(model.press(.character("y")).count == 1)
    }

    @Test func `a network that holds few takes a key, one with this machine a warning`() {
        var model = ConsoleModel.sample
        model.type(":devices block-address 10.0.4.16/31")
        model.press(.enter)
        #expect(model.picture(120, 40).contains("last hour, 2 did so"))
        #expect(model.press(.character("y")).count == 1)
        model.type(":devices block-address 127.0.0.0/8")
        model.press(.enter)
        #expect(model.picture(120, 40).contains("Honest devices may be behind it"))
    }

    @Test(arguments: [(1_000, true), (3_600, false)])
    func `what is blocked already says so, and until when`(seconds: Int64, isAsked: Bool) {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 90)
        var row = OffenderSnapshot(source: "10.0.4.17")
        (row.state, row.isByOperator) = (.blocked, true)
        row.untilUnixMilliseconds = snapshot.gateway.unixMilliseconds + seconds * 1_000
        snapshot.offenders.rows = [row]
        model.receive(snapshot)
        model.press(.character("4"), .character("b"))
        let clock = isAsked ? "00:18:10Z; that becomes later" : "01:01:30Z"
        let picture = model.picture(120, 40)
        #expect(picture.contains("blocked already, until 2026-01-01 \(clock)"), "\(picture)")
        #expect(model.press(.character("y")).isEmpty != isAsked)
    }

    @Test(arguments: ["nope", "1.2.3", "10.0.4.17/8"])
    func `what is no network is judged before the question`(text: String) {
        var model = ConsoleModel.sample
        model.type(":devices block-address \(text)")
        model.press(.enter)
        guard case .command = model.overlay else {
            Issue.record("asked")
            return
        }
        #expect(
            model.picture(120, 40).contains(
                text.contains("/") ? "use 10.0.0.0/8" : "use an address"))
    }

    @Test func `only what is blocked can be unblocked`() {
        var model = ConsoleModel.sample
        model.press(.character("4"), .character("o"), .character("u"))
        #expect(model.picture(80, 24).contains("Unblock 10.0.4.66?"))
        #expect(model.press(.character("y")) == [.perform(.unblockAddress("10.0.4.66"))])
        model.press(.down, .character("u"))
        #expect(model.picture(80, 24).contains("10.0.4.17 is not blocked"))
    }

    @Test func `the alarm leads to the offenders`() {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        snapshot.alarms = [
            AlarmSnapshot(
                id: AlarmSnapshot.offendersPrefix + "flood", severity: .critical,
                unixMilliseconds: 0, title: "addresses that flood", text: "10.0.4.66")
        ]
        model.receive(snapshot)
        model.press(.character("1"), .end, .enter)
        #expect(model.picture(80, 24).contains("Offenders · 2"))
    }
}
