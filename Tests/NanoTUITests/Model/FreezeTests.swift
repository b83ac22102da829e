import NanoCore
import Testing

@testable import NanoTUI

/// `space` is about the view that one looks at.
@Suite struct FreezeTests {
    private func top(_ model: ConsoleModel) -> Substring {
        var model = model
        return model.picture(100, 30).split(separator: "\n").first ?? ""
    }

    private func bottom(_ model: ConsoleModel) -> Substring {
        var model = model
        return model.picture(100, 30).split(separator: "\n").last ?? ""
    }

    @Test func `the others stay live, and the frozen one is still frozen when one comes back`() {
        var model = ConsoleModel.sample
        model.press(.character("4"), .character(" "))
        let rows = model.rowIDs
        for second in 91...95 { model.receive(SampleGateway.snapshot(second: second)) }
        model.press(.character("3"))
        #expect(!model.isFrozen && !top(model).contains("frozen"))
        #expect(model.shown.gateway.uptimeSeconds == 95)
        model.receive(SampleGateway.snapshot(second: 96))
        #expect(model.shown.gateway.uptimeSeconds == 96)
        #expect(model.history.curve("accepted").count == 95)
        model.press(.character("4"))
        #expect(model.rowIDs == rows && model.shown.gateway.uptimeSeconds == 90)
        #expect(model.history.curve("accepted").count == 89)
        #expect(top(model).contains("‖ frozen 00:06, +60,180 since"), "\(top(model))")
        model.press(.character(" "))
        #expect(!model.isFrozen && model.shown.gateway.uptimeSeconds == 96)
    }

    @Test func `views that are frozen one after the other have times of their own`() {
        var model = ConsoleModel.sample
        model.press(.character("1"), .character(" "))
        model.receive(SampleGateway.snapshot(second: 100))
        model.press(.character("5"), .character(" "))
        model.receive(SampleGateway.snapshot(second: 103))
        #expect(top(model).contains("frozen 00:03"))
        model.press(.character("1"))
        #expect(top(model).contains("frozen 00:13"))
        model.press(.character(" "), .character("5"))
        #expect(top(model).contains("frozen 00:03"), "the other was thawed")
    }

    @Test func `the bottom line marks what is frozen`() {
        var model = ConsoleModel.sample
        #expect(!bottom(model).contains("‖"))
        model.press(.character("4"), .character(" "), .character("3"))
        #expect(bottom(model).contains(" 4‖5 "), "\(bottom(model))")
        #expect(model.picture(200, 30).contains("3 Packets 4‖Rejections 5 Routes"))
        model.press(.character("4"), .character(" "))
        #expect(!bottom(model).contains("‖"))
    }

    @Test func `of one kind the view of another device or route is another view`() {
        var model = ConsoleModel.sample
        model.press(.character("5"), .home, .character("l"), .character(" "))
        #expect(model.lettersRoute == "alba" && model.isFrozen)
        model.press(.escape, .end, .character("l"))
        #expect(model.lettersRoute != "alba" && !model.isFrozen)
        model.press(.escape, .home, .character("l"))
        #expect(model.isFrozen)
        model.press(.character("2"), .home, .enter, .character(" "))
        let first = model.device
        model.press(.escape, .down, .enter)
        #expect(model.device != first && !model.isFrozen)
        model.press(.escape, .up, .enter)
        #expect(model.device == first && model.isFrozen)
    }

    @Test func `the past is of all views, and what was frozen elsewhere is so behind it`() {
        var model = ConsoleModel.sample
        model.press(.character("5"), .character(" "))
        for second in 91...95 { model.receive(SampleGateway.snapshot(second: second)) }
        model.press(.character("1"), .character("<"))
        #expect(model.shown.gateway.uptimeSeconds == 94)
        model.press(.character("5"))
        #expect(model.shown.gateway.uptimeSeconds == 94 && top(model).contains("past"))
        model.press(.character(" "))
        #expect(model.rewound == nil && model.shown.gateway.uptimeSeconds == 90)
        #expect(top(model).contains("frozen 00:05"))
        model.press(.character("1"))
        #expect(model.shown.gateway.uptimeSeconds == 95)
    }

    @Test func `from a frozen view one steps back from its moment, and returns to now`() {
        var model = ConsoleModel.sample
        model.press(.character(" "))
        for second in 91...95 { model.receive(SampleGateway.snapshot(second: second)) }
        model.press(.character("<"))
        #expect(model.shown.gateway.uptimeSeconds == 89)
        model.press(.character(" "))
        #expect(!model.isFrozen && model.shown.gateway.uptimeSeconds == 95)
    }
}
