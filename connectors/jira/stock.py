"""What Jira's stock statuses and resolutions mean, in the languages that Jira ships.

Jira knows three status categories, and a cancelled issue is in the same one as a finished issue. Only names tell them
apart: those of a new site, those that Jira's documentation suggests, and those that most sites add. Sites translate
them as they like (Administration → Issues → Resolutions → Translate), so several words stand for one. What is not here
counts as done, and `validate --online` names it.
"""

import re

from connectors.reading.names import fold

_BREAKS = re.compile(
    r"[/|:;,()\[\]{}<>!?*#+=~\"“”„«»、。・「」【】\u2190-\u2bff\U0001f000-\U0001faff\ufe0f\u200d]"
    # Closed as obsolete, Duplicate of SHOP-1, Cancelado por el cliente, Closed Won't Fix.
    r"|\b(?:as|of|by|als|von|durch|como|por|comme|par)\b|^(?:closed|resolved)\b"
)
_NUMBERING = "0123456789. "


def _names(text: str) -> frozenset[str]:
    return frozenset(fold(name) for line in text.splitlines() for name in line.split("|") if name.strip())


CANCELLED = _names("""
    Cancelled | Canceled | Cancel | Won't Do | Wont Do | Will Not Do | Won't Fix | Will Not Fix
    Won't Implement
    Won't Resolve | Not Doing | Duplicate | Duplicated | Duplicate Issue | Closed as Duplicate
    Cannot Reproduce
    Can't Reproduce | Could Not Reproduce | Unable to Reproduce | Not Reproducible | Non-reproducible
    Unreproducible
    Incomplete | Declined | Rejected | Denied | Invalid | Obsolete | Abandoned | Withdrawn | Dropped | Discarded
    Superseded | Descoped | De-scoped | Out of Scope | Aborted | Terminated | Revoked | Expired | Auto Closed
    Not a Bug | Not a Defect | Not a Problem | Not an Issue | No Bug | By Design | As Designed
    Works as Designed
    Working as Designed | Works as Intended | Working as Intended | Works for Me | Not Needed | No Longer Needed
    Not Required | No Longer Required | Not Applicable | No Longer Applicable | Not Planned | Not Supported
    No Response | No Action | No Action Needed | No Action Required | User Error | Known Error
    Overtaken by Events
    Abgebrochen | Storniert | Wird nicht erledigt | Wird nicht ausgeführt | Wird nicht durchgeführt
    Wird nicht gemacht
    Wird nicht umgesetzt | Wird nicht bearbeitet | Wird nicht behoben | Wird nicht gelöst | Nicht behoben
    Duplikat
    Doppelt | Nicht reproduzierbar | Kann nicht reproduziert werden | Unvollständig | Abgelehnt | Verworfen
    Zurückgezogen | Zurückgewiesen | Ungültig | Obsolet | Hinfällig | Kein Fehler | Kein Bug
    Nicht erforderlich
    Nicht mehr erforderlich | Nicht benötigt | Funktioniert wie vorgesehen | Eingestellt | Entfällt
    Annulé | Annulée | Abandonné | Abandonnée | Ne sera pas fait | Ne sera pas réalisé | Ne pas faire
    Ne sera pas effectué | Ne sera pas traité | Ne sera pas corrigé | Ne sera pas résolu | Ne pas corriger
    Doublon
    Dupliqué | En double | Impossible à reproduire | Impossible de reproduire | Non reproductible | Incomplet
    Incomplète | Refusé | Refusée | Rejeté | Rejetée | Invalide | Obsolète | Pas un bug | N'est pas un bug
    Cancelado | Cancelada | Anulado | Anulada | No se hará | No se realizará | No hacer | No se solucionará
    No se corregirá | No se arreglará | No se resolverá | Duplicado | Duplicada | No se puede reproducir
    Imposible de reproducir | No reproducible | Incompleto | Incompleta | Rechazado | Rechazada | Descartado
    Descartada | Obsoleto | Obsoleta | No es un error | No válido | Abandonado
    Não será feito | Não fará | Não fazer | Não será realizado | Não será executado | Não será corrigido
    Não será resolvido | Não corrigir | Não é possível reproduzir | Não foi possível reproduzir
    Não pode ser reproduzido
    Não reproduzível | Impossível reproduzir | Recusado | Recusada | Rejeitado | Rejeitada | Inválido
    Não é um bug
    Annullato | Annullata | Non verrà fatto | Non sarà fatto | Non sarà eseguito | Non verrà eseguito
    Da non fare
    Non verrà corretto | Non sarà corretto | Non sarà risolto | Non verrà risolto | Duplicato | Duplicata
    Impossibile riprodurre | Non riproducibile | Rifiutato | Rifiutata | Respinto | Non valido | Abbandonato
    Geannuleerd | Wordt niet gedaan | Wordt niet uitgevoerd | Zal niet gebeuren | Doen we niet | Niet doen
    Wordt niet opgelost | Wordt niet verholpen | Duplicaat | Dubbel | Kan niet reproduceren
    Kan niet worden gereproduceerd
    Niet reproduceerbaar | Niet te reproduceren | Onvolledig | Afgewezen | Geweigerd | Vervallen | Ongeldig
    Geen bug
    Annulleret | Afbrudt | Udføres ikke | Bliver ikke udført | Vil ikke blive udført | Vil ikke blive gjort
    Gøres ikke
    Rettes ikke | Løses ikke | Vil ikke blive løst | Vil ikke blive rettet | Dublet | Kan ikke gengives
    Kan ikke genskabes | Kan ikke reproduceres | Ufuldstændig | Afvist
    Kansellert | Avbrutt | Annullert | Vil ikke bli gjort | Vil ikke bli utført | Gjøres ikke | Utføres ikke
    Vil ikke bli løst | Vil ikke bli rettet | Løses ikke | Kan ikke reproduseres | Kan ikke gjenskapes
    Ufullstendig
    Avvist | Avslått
    Avbruten | Avbrutet | Annullerad | Inställd | Kommer inte att göras | Kommer inte att utföras | Görs inte
    Utförs inte | Kommer inte att åtgärdas | Kommer inte att lösas | Åtgärdas inte | Dubblett | Dubbel
    Kan inte återskapas | Kan inte reproduceras | Går inte att återskapa | Går ej att återskapa | Ofullständig
    Ofullständigt | Avvisad | Avböjd | Avslagen | Nekad
    Peruutettu | Peruttu | Keskeytetty | Ei tehdä | Ei toteuteta | Ei suoriteta | Ei korjata | Ei ratkaista
    Kaksoiskappale | Duplikaatti | Ei voi toistaa | Ei toistettavissa | Ei voida toistaa | Puutteellinen
    Epätäydellinen | Hylätty
    Anulowane | Anulowano | Anulowany | Nie zostanie wykonane | Nie zostanie zrobione | Nie będzie realizowane
    Nie do zrobienia | Nie zostanie naprawione | Nie będzie naprawione | Nie zostanie rozwiązane
    Nie można odtworzyć
    Nie można powtórzyć | Niemożliwe do odtworzenia | Nie do odtworzenia | Niekompletne | Niekompletny
    Odrzucone
    Odrzucono | Odrzucony | Nieaktualne
    Zrušeno | Zrušené | Nebude provedeno | Nebude se dělat | Nebude se řešit | Nebude vyřešeno | Nebude opraveno
    Duplikát | Duplicitní | Nelze reprodukovat | Nelze zreprodukovat | Nelze opakovat | Neúplné | Nekompletní
    Odmítnuto | Zamítnuto | Nebude vykonané | Nebude opravené | Nedá sa reprodukovať | Zamietnuté | Odmietnuté
    Megszakítva | Visszavonva | Visszavont | Törölve | Nem lesz kész | Nem lesz elvégezve | Nem készül el
    Nem lesz megoldva | Nem lesz javítva | Duplikátum | Másodpéldány | Ismétlődő | Nem reprodukálható | Hiányos
    Elutasítva | Elutasított
    Anulat | Anulată | Nu se va face | Nu se va efectua | Nu se va remedia | Nu se va rezolva
    Nu se poate reproduce
    Incomplet | Respins | Refuzat
    İptal Edildi | İptal | Vazgeçildi | Yapılmayacak | Düzeltilmeyecek | Çözülmeyecek | Yinelenen | Yinelenme
    Mükerrer
    Yeniden Oluşturulamıyor | Yeniden Üretilemiyor | Tekrarlanamıyor | Reddedildi | Geçersiz
    Tühistatud | Ei tehta | Ei parandata | Duplikaat | Ei saa korrata | Mittetäielik | Tagasi lükatud
    Отменено | Отменен | Отменён | Отменена | Не будет сделано | Не будет выполнено | Не будет выполняться
    Не выполнять | Не будет исправлено | Не будет исправляться | Не исправлять | Не будет решено | Дубликат
    Дублирует
    Повтор | Невозможно воспроизвести | Не удалось воспроизвести | Не удается воспроизвести | Не воспроизводится
    Неполный | Неполное | Неполная | Отклонено | Отклонен | Отклонён | Отклонена | Отказ | Неактуально
    Не ошибка
    Скасовано | Не буде зроблено | Не буде виконано | Не буде виправлено | Дублікат | Неможливо відтворити
    Не вдається відтворити | Не відтворюється | Неповний | Неповне | Відхилено
    Đã hủy | Đã huỷ | Bị hủy | Sẽ không làm | Không làm | Không thực hiện | Sẽ không sửa | Không sửa | Trùng lặp
    Không thể tái hiện | Không thể tái tạo | Không đầy đủ | Bị từ chối | Đã từ chối
    ยกเลิก | ยกเลิกแล้ว | จะไม่ทำ | ไม่ทำ | จะไม่แก้ไข | ซ้ำ | ซ้ำกัน | ไม่สามารถทำซ้ำได้ | ไม่สมบูรณ์ | ปฏิเสธ
    ถูกปฏิเสธ
    取消 | 已取消 | 不做 | 不会做 | 不会完成 | 不予处理 | 不处理 | 不再处理 | 不修复 | 不会修复 | 不予修复
    不解决 | 不予解决
    重复 | 重复问题 | 重复提交 | 无法重现 | 不能重现 | 无法复现 | 不可重现 | 不完整 | 未完成 | 已拒绝 | 拒绝
    已废弃 | 废弃 | 已作废 | 作废
    无效 | 不是缺陷 | 不是问题 | 设计如此 | 已放弃
    不會做 | 不會完成 | 不予處理 | 不處理 | 不修復 | 不會修復 | 不修正 | 不解決 | 重複 | 無法重現 | 不能重現
    已拒絕 | 拒絕
    已廢棄 | 無效
    キャンセル | キャンセル済み | 中止 | 中断 | 対応しない | 対応せず | 対応不要 | 実行しない | 実施しない
    実施せず | やらない
    行わない | 修正しない | 修正せず | 修正不要 | 解決しない | 重複 | 重複しています | 再現できない | 再現できず
    再現しない | 再現不可
    再現不能 | 不完全 | 未完了 | 却下 | 辞退 | 拒否 | 棄却 | 無効 | 仕様通り | 仕様どおり | 仕様
    취소 | 취소됨 | 취소함 | 하지 않음 | 하지 않을 예정 | 안 함 | 수행하지 않음 | 수행 안 함 | 진행하지 않음
    수정하지 않음
    수정 안 함 | 해결하지 않음 | 해결 안 함 | 중복 | 중복됨 | 재현할 수 없음 | 재현 불가 | 재현 안 됨
    재현되지 않음 | 불완전
    불완전함 | 미완료 | 거부 | 거부됨 | 거절됨 | 반려 | 기각 | 무효
    Killed | Scrapped | Won't Ship | Won't Address | Won't Happen | Wontfix | Wontdo | Worksforme | Notabug
    Non-issue | Not Valid | Retracted | Void | Voided | Out of Date | No Fix | No Fix Required | Not Fixed
    Not Actionable | Skipped | Ignored | Not Doing This | Will Not Implement | Cancelled by Customer
    Cancelled by User | Cancelled by Requester
    Gecancelt | Gecancelled | Storno | Wird nicht gefixt | Nicht umgesetzt | Wird verworfen | Nicht relevant
    Nicht zutreffend
    Sans suite | Classé sans suite | Abandon | Annulation | Non traité | Non retenu | Non applicable
    Desestimado | Desestimada | No procede | No aplica | Cancelación | Não se aplica | Descontinuado
    Scartato | Scartata | Non applicabile | Ingetrokken | Verworpen | Niet van toepassing
    Nie dotyczy | Zaniechane | Zaniechano | Wycofane | Отмена | Не актуально | Снято | Отозвано | Аннулировано
    Не баг
    Скасований | Скасована | 撤销 | 已撤销 | 驳回 | 已驳回 | 终止 | 已终止 | 中止 | 已中止 | 駁回 | 已駁回 | 作廢
    見送り | 取りやめ | 取り止め | 取下げ | 取り下げ | 対象外 | 不採用 | 不要 | 破棄 | 철회 | 철회됨 | 폐기
    בוטל | לא יבוצע | כפול | Ακυρώθηκε | Διπλότυπο | Απορρίφθηκε | ملغى | ملغاة | لن يتم | مكرر | مرفوض
""")
"""Closed without being delivered."""

DONE = _names("""
    Done | Closed | Complete | Completed | Finished | Resolved | Fixed | Implemented | Delivered | Released
    Deployed
    Shipped | Live | In Production | Verified | Accepted | Approved | Published | Merged | Solved | Tested
    Launched
    Fertig | Erledigt | Geschlossen | Abgeschlossen | Gelöst | Behoben | Veröffentlicht | Umgesetzt
    Ausgeliefert
    Terminé | Terminée | Fermé | Fermée | Résolu | Résolue | Corrigé | Corrigée | Livré | Livrée | Fini | Achevé
    Listo | Hecho | Finalizado | Finalizada | Cerrado | Cerrada | Resuelto | Resuelta | Corregido | Terminado
    Completado
    Concluído | Concluída | Itens concluídos | Feito | Fechado | Fechada | Resolvido | Resolvida | Corrigido
    Pronto
    Completato | Completata | Fatto | Chiuso | Chiusa | Risolto | Risolta | Corretto | Finito
    Gereed | Klaar | Afgerond | Gesloten | Opgelost | Voltooid | Udført | Færdig | Lukket | Løst | Afsluttet
    Fullført | Ferdig | Utført | Klart | Klar | Stängd | Löst | Åtgärdad | Slutförd | Valmis | Suljettu
    Ratkaistu
    Gotowe | Zamknięte | Rozwiązane | Naprawione | Ukończone | Hotovo | Dokončeno | Uzavřeno | Vyřešeno
    Opraveno
    Kész | Lezárva | Megoldva | Javítva | Finalizat | Închis | Rezolvat | Bitti | Tamamlandı | Kapatıldı
    Çözüldü
    Tehtud | Suletud | Готово | Закрыто | Закрыт | Решено | Решен | Исправлено | Выполнено | Завершено
    Виконано | Закрито
    Вирішено | Виправлено | Hoàn thành | Hoàn tất | Đã xong | Đã đóng | เสร็จสิ้น | เสร็จแล้ว | ปิดแล้ว
    完成 | 已完成 | 已关闭 | 关闭 | 已解决 | 已修复 | 已關閉 | 關閉 | 已解決 | 已修復 | 完了 | 終了 | クローズ
    解決済み | 解決
    修正済み | 対応済み | 完了済み | 완료 | 완료됨 | 종료 | 종료됨 | 닫힘 | 해결됨 | 해결 | 수정됨
    Ολοκληρώθηκε | הושלם | تم
""")
"""Closed and delivered. Only to tell them from names that nobody knows."""


def cancelled(name: str) -> bool:
    """Tells whether a folded name, or a part of it, means cancelled: `closed / wont do`, `❌ cancelled`."""
    return name in CANCELLED or any(part.strip(_NUMBERING) in CANCELLED for part in _BREAKS.split(name))


def known(name: str) -> bool:
    """Tells whether a folded name needs no person to say what it means."""
    return name in DONE or cancelled(name)
