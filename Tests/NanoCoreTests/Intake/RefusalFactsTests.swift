import NanoCore
import Testing

/// Refusals for people and for programs.
@Suite struct RefusalFactsTests {
    static func json(_ refusal: Refusal) -> String {
        var json: [UInt8] = []
        refusal.writeFacts(into: &json)
        return String(decoding: json, as: UTF8.self)
    }

    @Test func `facts come in a fixed order, and only those that are there`() {
        let refusal = Refusal(
            .profileViolation, .outOfRange, observed: .real(200_000.5), allowed: .integer(200_000),
            offset: 31, field: .pressurePa)
        #expect(
            Self.json(refusal)
                == #"{"detail":"out_of_range","field":"pressure_pa","observed":200000.5,"#
                + #""allowed":200000,"offset":31}"#)
        #expect(Self.json(Refusal(.badMagic)) == #"{"offset":0}"#)
    }

    @Test func `models and levels have their names`() {
        let model = Refusal(.unknownModel, observed: .unsigned(0x77), offset: 3)
        #expect(Self.json(model) == #"{"observed":"0x77","offset":3}"#)
        #expect(model.words == "no secret is provisioned for model 0x77")
        let level = Refusal(
            .securityTooLow, observed: .unsigned(0), allowed: .unsigned(2), offset: 5)
        #expect(Self.json(level) == #"{"observed":"none","allowed":"high","offset":5}"#)
        #expect(level.words == "security level none, the model takes high and above")
    }

    @Test func `what a profile asks for is said as it is`() {
        func words(_ detail: RefusalDetail, _ field: ProfileField, _ bound: Int64) -> String {
            Refusal(
                .profileViolation, detail, observed: .integer(7), allowed: .integer(bound),
                field: field
            ).words
        }
        #expect(words(.missing, .pressurePa, 0) == "pressure_pa or entries is missing")
        #expect(words(.missing, .deviceID, 0) == "device_id is missing")
        #expect(
            words(.outOfRange, .entryPpm, 5) == "ppm is out of range: expected at most 5, found 7")
        #expect(
            words(.outOfRange, .entryPpm, 0) == "ppm is out of range: expected at least 0, found 7")
    }

    @Test(arguments: [
        (UInt64(1) << 63, "-9223372036854775809"), (.max, "-18446744073709551616"),
    ])
    func `integers below those of 64 bits are told to the digit`(value: UInt64, text: String) {
        let refusal = Refusal(
            .profileViolation, .outOfRange, observed: .negative(value), allowed: .integer(0),
            field: .pressurePa)
        #expect(Self.json(refusal).contains("\"observed\":\(text),"))
        #expect(refusal.words.hasSuffix("found \(text)"))
    }

    @Test func `numbers that JSON has no word for become null`() {
        let refusal = Refusal(.profileViolation, .outOfRange, observed: .real(.nan))
        #expect(Self.json(refusal).contains(#""observed":null"#))
    }

    @Test func `every reason with every detail has a sentence of one line`() {
        for reason in RefusalReason.allCases {
            for detail in RefusalDetail.allCases {
                let words = Refusal(
                    reason, detail, observed: .unsigned(3), allowed: .unsigned(2)
                ).words
                #expect(!words.isEmpty)
                #expect(!words.contains("\n") && !words.hasSuffix("."))
            }
        }
    }
}
