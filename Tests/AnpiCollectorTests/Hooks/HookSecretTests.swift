import Testing

@testable import AnpiCollector

@Suite struct HookSecretTests {
    /// The first is the vector of the specification; all were made with `standardwebhooks` 1.1.0 of PyPI.
    @Test(arguments: [
        (
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330,
            #"{"test": 2432232314}"#, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        ),
        (
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "0-4711-0", 1_663_966_680,
            #"{"type":"incident.opened","timestamp":"2022-09-24T05:58:00.250+09:00","data":{"site":"静岡-café"}}"#,
            "v1,gd1/8pSlvAxCrv7RvoMpikL1utL6icdGMCCxt9hs8C4="
        ),
        (
            "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==", "0-1-0",
            1_663_966_680, "", "v1,uMzjAyajsiZJmkZDr0KotAuPldoCdKOjET9k4lx7AtI="
        ),
    ])
    func signatureIsThatOfAnotherImplementation(
        secret: String, id: String, timestamp: Int64, body: String, signature: String
    ) throws {
        #expect(try HookSecret(secret).signature(id: id, timestamp: timestamp, body: Array(body.utf8)) == signature)
    }

    @Test(arguments: [
        ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "must begin with whsec_"),
        ("whsec_", "has 0 bytes; 24 to 64 are allowed"),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "is not Base64 after whsec_"),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", "is not Base64 after whsec_"),
        ("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRY=", "has 23 bytes; 24 to 64 are allowed"),
    ])
    func badSecretIsRefusedWithoutBeingTold(text: String, message: String) {
        #expect(throws: HookSecret.Refusal(message: message)) { try HookSecret(text) }
    }

    @Test func secretNeverPrints() throws {
        let secret = try HookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        let hook = Hook(
            name: "a", address: try HookAddress("https://example.com/T0KEN?k=v", allowsPrivate: false),
            secrets: [secret])
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped, "\(hook.address)"] {
            #expect(!text.contains("49") && !text.contains("MfKQ") && !text.contains("T0KEN"))
        }
        #expect("\(hook)".contains("(secret)"))
    }
}
