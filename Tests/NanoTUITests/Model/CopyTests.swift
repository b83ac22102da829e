import Foundation
import NanoCore
import Testing

@testable import NanoTUI

@Suite struct CopyTests {
    private static func model(_ environment: [String: String]) -> ConsoleModel {
        var model = ConsoleModel.sample
        model.clipboard = Clipboard(environment: environment)
        return model
    }

    private static let xterm = ["TERM": "xterm-256color"]

    @Test func `a packet is copied in the form that is chosen`() throws {
        var model = Self.model(Self.xterm)
        model.press(.character("3"), .character("y"))
        let dialog = model.picture(80, 24)
        #expect(dialog.contains("Copy 1 packet as"))
        for form in CopyForm.ofPackets {
            #expect(dialog.contains("\(form.letter) \(form.title)"), "\(dialog)")
        }
        let record = try #require(model.records.last)
        #expect(model.press(.enter) == [.copy(Hexadecimal.text(record.bytes) + "\n")])
        model.press(.character("e"), .tab)
        guard case .copy(let array)? = model.press(.enter).first else { return }
        #expect(array.contains("static const uint8_t frame[] = {"))
        #expect(model.picture(120, 24).contains("1 packet as c sent to the terminal's clipboard"))
        guard case .copy(let curl)? = model.press(.character("y"), .character("u")).first else {
            Issue.record("u chooses curl")
            return
        }
        #expect(curl.hasPrefix("curl -sS 'http://127.0.0.1:5679/packets?"))
    }

    @Test func `commands copy without a question`() {
        var model = Self.model(Self.xterm)
        model.press(.character("4"))
        model.type(":copy json")
        let effects = model.press(.enter)
        #expect(
            effects.contains {
                if case .copy(let text) = $0 { text.hasPrefix("{\"line\":1") } else { false }
            })
        model.press(.character("5"))
        model.type(":copy hex")
        #expect(!model.press(.enter).contains { if case .copy = $0 { true } else { false } })
        #expect(model.picture(120, 24).contains("only packets are copied as hex"))
    }

    @Test func `what is marked is copied, whatever the cursor is on`() {
        var model = Self.model(Self.xterm)
        model.press(.character("4"), .character("M"), .up, .character("M"), .home)
        guard case .copy(let text)? = model.press(.character("y"), .enter).first else { return }
        #expect(text.count { $0 == "\n" } == 2)
        model.press(.character("2"), .down, .character("M"), .down, .character("M"))
        #expect(model.press(.character("y")) == [.copy("ESP32-001\nESP32-002")])
    }

    @Test func `of a row its name is copied, escaped, and of secrets nothing`() {
        var model = Self.model(Self.xterm)
        model.press(.character("2"))
        model.type("/evil")
        model.press(.enter)
        #expect(model.press(.character("y")) == [.copy("\\u{1B}[2Jevil\\u{202E}")])
        model.press(.character("4"), .character("o"))
        #expect(model.press(.character("y")) == [.copy("10.0.4.66")])
        model.press(.character("5"), .home)
        #expect(model.press(.character("y")) == [.copy("alba")])
        model.press(.character("6"))
        #expect(model.press(.character("y")).isEmpty)
        model.type(":copy")
        #expect(!model.press(.enter).contains { if case .copy = $0 { true } else { false } })
        model.press(.escape, .escape)
        for key in ["y", "e", "Y"] as [Character] {
            #expect(
                !model.press(.character(key)).contains {
                    if case .copy = $0 { true } else { false }
                })
        }
    }

    @Test func `where the terminal may not take it, a file does too, and it is said which`() {
        var tmux = Self.model(["TERM": "screen-256color", "TMUX": "/tmp/tmux,1,0"])
        tmux.press(.character("3"), .character("y"))
        let effects = tmux.press(.enter)
        #expect(effects.count == 2)
        guard case .perform(let command)? = effects.last, case .keep(let copy) = command else {
            Issue.record("\(effects)")
            return
        }
        #expect(copy.form == .hex && copy.subject == "1 packet as hex")
        #expect(
            command.audited?.action == .keepCopy && command.audited?.target == "1 packet as hex")
        let file = "/root/.local/state/nanogridata/dumps/nanogridata-20260101T000130.000Z.hex"
        tmux.finish(command, .done(file))
        #expect(
            tmux.message?.sentence
                == "\(file); sent to the clipboard too; 1 packet as hex; tmux hands it on with `set "
                + "-s set-clipboard on`")
        for width in [100, 120, 200] {
            let line = tmux.picture(width, 24).split(separator: "\n").last ?? ""
            #expect(line.hasPrefix(" ✓ \(file)"), "\(line)")
            // The advice is there whole, or not at all.
            #expect(line.contains("set-clipboard on`") == line.contains("tmux"), "\(line)")
            #expect(line.contains("sent to the clipboard too") == (width > 100), "\(line)")
        }
        let narrow = tmux.picture(80, 24).split(separator: "\n").last ?? ""
        #expect(narrow.contains("…/nanogridata-20260101T000130.000Z.hex"), "\(narrow)")
        var console = Self.model(["TERM": "linux"])
        console.press(.character("2"))
        let kept = console.press(.character("y"))
        #expect(kept.count == 1)
        guard case .perform(.keep)? = kept.first else {
            Issue.record("\(kept)")
            return
        }
    }

    @Test func `a console that only looks writes no file, and says so`() {
        var model = ConsoleModel(themeName: "dusk", attachment: .looking)
        model.receive(SampleGateway.snapshot(second: 90))
        model.press(.character("3"), .character("y"))
        #expect(model.press(.enter).isEmpty)
        #expect(model.message?.text.contains("writes no file") == true)
        model.clipboard = Clipboard(environment: Self.xterm)
        model.press(.escape, .character("y"))
        #expect(model.press(.enter).count == 1)
    }

    @Test func `what is longer than terminals take goes to a file alone`() {
        var model = Self.model(Self.xterm)
        var snapshot = SampleGateway.snapshot(second: 91)
        snapshot.packets = (0..<60).map { index in
            PacketRecord(
                id: index, unixMilliseconds: SampleGateway.unixMilliseconds, address: "10.0.0.1:1",
                bytes: [UInt8](repeating: 0xC1, count: 1_070))
        }
        model.receive(snapshot)
        model.press(.character("3"))
        for _ in 0..<60 { model.press(.character("M"), .up) }
        let effects = model.press(.character("y"), .enter)
        guard case .perform(.keep(let copy))? = effects.first, effects.count == 1 else {
            Issue.record("\(effects.count)")
            return
        }
        #expect(copy.text.utf8.count > Clipboard.longestText)
        #expect(model.copyRemarks.contains { $0.contains("terminals take 74,994") })
    }
}

@Suite struct ClipboardTests {
    @Test func `the bytes are OSC 52 around base64, and nothing of the text`() throws {
        let clipboard = Clipboard(environment: ["TERM": "xterm"])
        let hostile = "\u{1B}]52;c;!\u{07}\nx"
        let bytes = clipboard.bytes(for: hostile)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.hasPrefix("\u{1B}]52;c;") && text.hasSuffix("\u{07}"))
        let inner = text.dropFirst(7).dropLast()
        #expect(
            inner.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+/=".contains($0)) })
        let data = try #require(Data(base64Encoded: String(inner)))
        #expect(String(decoding: data, as: UTF8.self) == hostile)
    }

    @Test func `in tmux it goes out in both ways that tmux may be set up for`() {
        let clipboard = Clipboard(environment: ["TERM": "tmux-256color", "TMUX": "x"])
        #expect(
            String(decoding: clipboard.bytes(for: "a"), as: UTF8.self)
                == "\u{1B}]52;c;YQ==\u{07}\u{1B}Ptmux;\u{1B}\u{1B}]52;c;YQ==\u{07}\u{1B}\\")
    }

    @Test func `no more than terminals take is sent`() {
        let clipboard = Clipboard(environment: ["TERM": "xterm"])
        let longest = String(repeating: "x", count: Clipboard.longestText)
        #expect(clipboard.bytes(for: longest).count <= 100_000)
        #expect(!clipboard.bytes(for: longest).isEmpty)
        #expect(clipboard.bytes(for: longest + "x").isEmpty)
    }

    @Test(
        arguments: [
            (["TERM": "linux"], false), (["TERM": "vt220"], false), ([:], false),
            (["TERM": "xterm", "STY": "1.pts"], false), (["TERM": "xterm"], true),
            (["TERM": "xterm-kitty"], true), (["TERM": "screen-256color", "TMUX": "x"], true),
        ] as [([String: String], Bool)])
    func `what the environment says decides whether anything is sent`(
        environment: [String: String], isSent: Bool
    ) {
        var model = ConsoleModel.sample
        model.clipboard = Clipboard(environment: environment)
        model.press(.character("2"))
        let effects = model.press(.character("y"))
        #expect(effects.contains { if case .copy = $0 { true } else { false } } == isSent)
    }
}
