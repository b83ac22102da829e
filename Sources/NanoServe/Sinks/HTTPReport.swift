import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NanoCore

/// Puts what became of a request into words for the operator, without anything that is secret.
struct HTTPReport {
    let redaction: Redaction
    let timeoutMilliseconds: Int

    init(access: HTTPAccess, timeoutMilliseconds: Int) {
        redaction = access.redaction
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    /// Adds what the destination asks for, and its own words unless everything was delivered.
    func describe(_ response: HTTPAnswer, in answer: SinkAnswer) -> SinkAnswer {
        var answer = answer
        answer.retryAfterMilliseconds = response.head.headers.first(name: "Retry-After").flatMap {
            RetryAfter.milliseconds($0, now: Moment.now.unixMilliseconds)
        }
        answer.saysTooMuch = [425, 429, 503].contains(response.head.status.code)
        guard !answer.isDelivered else { return answer }
        // What sends elsewhere says nothing of the events.
        answer.hasReached = response.head.status.code >= 400 || response.head.status.code / 100 == 2
        // The event loop waits meanwhile.
        var budget = Redaction.Budget()
        let status = response.head.status
        answer.error = SafeText.escaped(
            shortened(
                status.reasonPhrase.isEmpty
                    ? "\(status.code)" : "\(status.code) \(status.reasonPhrase)", within: &budget))
        answer.excerpt = redaction.excerpt(
            of: response.body.readableBytesView, within: &budget)
        for place in answer.rejections.keys.sorted() {
            guard let reason = answer.rejections[place]?.reason else { continue }
            answer.rejections[place]?.reason = shortened(reason, within: &budget)
        }
        return answer
    }

    private func shortened(_ text: String, within budget: inout Redaction.Budget) -> String {
        redaction.redacted(
            text, atMost: Redaction.searchedBytesOfReason, within: &budget)
    }

    /// What becomes of a batch that got no answer.
    func failure(_ error: any Error, of batch: DeliveryBatch) -> SinkAnswer {
        var answer = SinkAnswer.all(.retry, of: batch, error: describe(error))
        answer.hasReached = Self.hasReached(error)
        return answer
    }

    /// Whether the destination may have seen a request that ended like this. One that breaks down over it does
    /// not take leave of a TLS connection.
    static func hasReached(_ error: any Error) -> Bool {
        switch error {
        case ChannelError.connectTimeout, is NIOConnectionError, NIOSSLError.handshakeFailed,
            is NIOSSLExtraError:
            false
        case let error as IOError:
            ![ECONNREFUSED, EHOSTUNREACH, ENETUNREACH].contains(error.errnoCode)
        default: true
        }
    }

    /// Why there was no answer.
    private func describe(_ error: any Error) -> String {
        switch error {
        case HTTPFault.timeout, ChannelError.connectTimeout:
            "timeout after \(timeoutMilliseconds) ms"
        case HTTPFault.closed: "the connection was closed before an answer came"
        case HTTPFault.stopped: "the gateway stops"
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { describe($0.error) } ?? describe(unresolved: error)
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case let error as HTTPParserError: "no HTTP answer: \(error)"
        case NIOSSLError.handshakeFailed(let cause): "TLS handshake failed: \(describe(tls: cause))"
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            "the destination's certificate does not have the host of the endpoint among its names; use one "
                + "that it has"
        default: SafeText.escaped(String(describing: error))
        }
    }

    /// The library's name for the fault, without numbers and the place in its sources.
    private func describe(tls cause: BoringSSLError) -> String {
        let text = String(describing: cause)
        guard let name = text.firstRange(of: ":OPENSSL_internal:")?.upperBound else {
            return SafeText.escaped(text)
        }
        return text[name...].prefix { $0.isLetter || $0 == "_" || $0.isNumber }
            .replacing("_", with: " ").lowercased()
    }

    private func describe(unresolved error: NIOConnectionError) -> String {
        "\(error.host) cannot be resolved"
    }
}
