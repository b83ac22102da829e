import Foundation
import NanoCore
import Testing

/// CBOR as JSON by RFC 8949 §6.1.
@Suite struct JSONWriterTests {
    static func value(_ write: (inout CBORWriter) -> Void) -> String {
        let json = Payloads.json(Payloads.wrapped(Payloads.writing(write)))
        return String(json.dropFirst(5).dropLast())
    }

    @Test(arguments: [
        (UInt64.max, "18446744073709551615"), (UInt64(Int64.max), "9223372036854775807"),
        (9_007_199_254_740_993, "9007199254740993"), (0, "0"), (10, "10"),
    ])
    func `an integer keeps all its digits`(value: UInt64, text: String) {
        #expect(
            Self.value { $0.unsigned(value) } == text)
    }

    @Test(arguments: [
        (UInt64.max, "-18446744073709551616"), (UInt64.max - 1, "-18446744073709551615"),
        (UInt64(Int64.max), "-9223372036854775808"), (0, "-1"),
    ])
    func `a negative integer keeps all its digits`(value: UInt64, text: String) {
        #expect(Self.value { $0.negative(value) } == text)
    }

    @Test func `a signed integer is written as it is`() {
        for value in [Int64.min, -1, 0, 1, Int64.max] {
            #expect(Self.value { $0.integer(value) } == String(value))
        }
    }

    @Test func `a number read back is the same number`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededNumbers(seed: seed)
        for _ in 0..<5_000 {
            let number = Double(bitPattern: random.next())
            let text = Self.value { $0.double(number) }
            if number.isFinite {
                #expect(Double(text)?.bitPattern == number.bitPattern, "seed \(seed)")
            } else {
                #expect(text == "null")
            }
        }
    }

    @Test func `a single becomes the double of the same value`() {
        #expect(Self.value { $0.single(0.1) } == "0.10000000149011612")
        #expect(Payloads.json(Payloads.bytes("a1 6176 fa47c35040")) == "{\"v\":100000.5}")
        #expect(Payloads.json(Payloads.bytes("a1 6176 f93555")) == "{\"v\":0.333251953125}")
    }

    @Test(arguments: [
        ("", "\"\""), ("00", "\"AA\""), ("fbff", "\"-_8\""), ("fbfffe", "\"-__-\""),
        ("fbfffe61", "\"-__-YQ\""),
    ])
    func `bytes are base64url without padding`(hex: String, json: String) {
        #expect(Self.value { $0.bytes(Payloads.bytes(hex)) } == json)
        let chunked = Self.value { writer in
            writer.indefiniteBytes()
            for byte in Payloads.bytes(hex) { writer.bytes([byte]) }
            writer.end()
        }
        #expect(chunked == json)
    }

    @Test func `text is escaped where JSON or a terminal asks for it, and reads the same`() throws {
        let text = String(String.UnicodeScalarView((0..<0x300).compactMap(Unicode.Scalar.init)))
        let payload = Payloads.writing { writer in
            writer.map(3)
            writer.text("low")
            writer.text(String(text.unicodeScalars.prefix(256)))
            writer.text("é\"\\/\n")
            writer.text("\u{2028}🚀")
            writer.text("__proto__")
            writer.null()
        }
        let json = Payloads.json(payload)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect(object["low"] as? String == String(text.unicodeScalars.prefix(256)))
        #expect(object["é\"\\/\n"] as? String == "\u{2028}🚀")
        #expect(object["__proto__"] is NSNull)
        #expect(json.contains(#""é\"\\/\n":"\u2028🚀""#))
    }

    @Test func `what moves, turns or hides reaches no terminal by way of JSON`() throws {
        let scalars = [0x7F, 0x80, 0x9B, 0x9F, 0xAD, 0x202E, 0x2066, 0xFEFF, 0xE0041, 0x10FFFF]
            .compactMap { Unicode.Scalar(UInt32($0)) }
        let text = String(String.UnicodeScalarView(scalars))
        let payload = Payloads.writing { writer in
            writer.map(1)
            writer.text(text)
            writer.text(text)
        }
        let escaped =
            #"\u007f\u0080\u009b\u009f\u00ad\u202e\u2066\ufeff\udb40\udc41"# + "\u{10FFFF}"
        let json = Payloads.json(payload)
        #expect(json == "{\"\(escaped)\":\"\(escaped)\"}")
        var alone: [UInt8] = []
        JSONText.writeString(text, into: &alone)
        #expect(String(decoding: alone, as: UTF8.self) == "\"\(escaped)\"")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: String])
        #expect(object[text] == text)
    }

    @Test func `keys keep their order`() {
        let payload = Payloads.writing { writer in
            writer.map(3)
            for key in ["z", "a", "m"] {
                writer.text(key)
                writer.array(0)
            }
        }
        #expect(Payloads.json(payload) == #"{"z":[],"a":[],"m":[]}"#)
    }

    @Test func `indefinite lengths leave no trace`() {
        let payload = Payloads.bytes(
            "bf 7f6161ff 9f 7f617861 79ff 5f4101 4102ff bfff ff 6162 01 ff")
        #expect(Payloads.json(payload) == #"{"a":["xy","AQI",{}],"b":1}"#)
    }
}
